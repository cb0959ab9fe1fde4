# bash completion for sockctl
_sockctl() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
    local options='' values='' kind=''
    COMPREPLY=()
    if [[ $COMP_CWORD -eq 1 ]]; then
        mapfile -t COMPREPLY < <(compgen -W 'listen dial write-block-probe help --help --version' -- "$current")
        return
    fi
    # --name=value comes as three words.
    if [[ $current == '=' ]]; then
        current=''
    elif [[ $previous == '=' ]]; then
        previous=${COMP_WORDS[COMP_CWORD-2]}
    fi
    case ${COMP_WORDS[1]} in
    listen)
        options='--serve -k --keep-open --max-accepts -m --max-conns -w --timeout --backlog --reuse-port --mode --network -4 --ipv4 -6 --ipv6 -u --udp -U --unix -n --no-dns --resolve -q --quit-after -N --shutdown --no-shutdown --half-open --input-grace -i --idle-timeout --max-time --count --close --close-after --send-only --recv-only -o --output -x --hex-dump -C --crlf --read-size --write-size --no-read -O --sndbuf -I --rcvbuf --nodelay --no-nodelay --keepalive -M --ttl -T --tos --user-timeout --linger --mss --interface -v --verbose -J --json --trace --timestamps --color --quiet --progress -h --help'
        case $previous in
        --serve) kind=words values='pipe echo discard chargen time' ;;
        --max-accepts) kind=none ;;
        -m|--max-conns) kind=none ;;
        -w|--timeout) kind=none ;;
        --backlog) kind=none ;;
        --mode) kind=none ;;
        --network) kind=words values='tcp tcp4 tcp6 udp udp4 udp6 unix unixgram unixpacket' ;;
        --resolve) kind=none ;;
        -q|--quit-after) kind=none ;;
        --input-grace) kind=none ;;
        -i|--idle-timeout) kind=none ;;
        --max-time) kind=none ;;
        --count) kind=none ;;
        --close) kind=words values='fin reset hold' ;;
        --close-after) kind=none ;;
        -o|--output) kind=files ;;
        -x|--hex-dump) kind=files ;;
        --read-size) kind=none ;;
        --write-size) kind=none ;;
        -O|--sndbuf) kind=none ;;
        -I|--rcvbuf) kind=none ;;
        --keepalive) kind=words values='off' ;;
        -M|--ttl) kind=none ;;
        -T|--tos) kind=words values='cs0 cs1 cs2 cs3 cs4 cs5 cs6 cs7 af11 af12 af13 af21 af22 af23 af31 af32 af33 af41 af42 af43 ef lowdelay throughput reliability lowcost' ;;
        --user-timeout) kind=none ;;
        --linger) kind=none ;;
        --mss) kind=none ;;
        --interface) kind=none ;;
        --color) kind=words values='auto always never' ;;
        *) [[ $current == -* ]] || kind=hosts ;;
        esac
        ;;
    dial)
        options='-w --timeout --fallback-delay -s --source -p --source-port --network -4 --ipv4 -6 --ipv6 -u --udp -U --unix -n --no-dns --resolve -q --quit-after -N --shutdown --no-shutdown --half-open --input-grace -i --idle-timeout --max-time --count --close --close-after --send-only --recv-only -o --output -x --hex-dump -C --crlf --read-size --write-size --no-read -O --sndbuf -I --rcvbuf --nodelay --no-nodelay --keepalive -M --ttl -T --tos --user-timeout --linger --mss --interface -v --verbose -J --json --trace --timestamps --color --quiet --progress -h --help'
        case $previous in
        -w|--timeout) kind=none ;;
        --fallback-delay) kind=none ;;
        -s|--source) kind=none ;;
        -p|--source-port) kind=none ;;
        --network) kind=words values='tcp tcp4 tcp6 udp udp4 udp6 unix unixgram unixpacket' ;;
        --resolve) kind=none ;;
        -q|--quit-after) kind=none ;;
        --input-grace) kind=none ;;
        -i|--idle-timeout) kind=none ;;
        --max-time) kind=none ;;
        --count) kind=none ;;
        --close) kind=words values='fin reset hold' ;;
        --close-after) kind=none ;;
        -o|--output) kind=files ;;
        -x|--hex-dump) kind=files ;;
        --read-size) kind=none ;;
        --write-size) kind=none ;;
        -O|--sndbuf) kind=none ;;
        -I|--rcvbuf) kind=none ;;
        --keepalive) kind=words values='off' ;;
        -M|--ttl) kind=none ;;
        -T|--tos) kind=words values='cs0 cs1 cs2 cs3 cs4 cs5 cs6 cs7 af11 af12 af13 af21 af22 af23 af31 af32 af33 af41 af42 af43 ef lowdelay throughput reliability lowcost' ;;
        --user-timeout) kind=none ;;
        --linger) kind=none ;;
        --mss) kind=none ;;
        --interface) kind=none ;;
        --color) kind=words values='auto always never' ;;
        *) [[ $current == -* ]] || kind=hosts ;;
        esac
        ;;
    write-block-probe)
        options='--chunk --writes --duration --write-timeout --blocking --both -w --timeout --read-after --never-read --read-every --read-size --then --network -4 --ipv4 -6 --ipv6 -u --udp -U --unix -n --no-dns --resolve -O --sndbuf -I --rcvbuf --nodelay --no-nodelay --plot --no-plot --svg -v --verbose -J --json --trace --timestamps --color --quiet --progress -h --help'
        case $previous in
        --chunk) kind=none ;;
        --writes) kind=none ;;
        --duration) kind=none ;;
        --write-timeout) kind=none ;;
        -w|--timeout) kind=none ;;
        --read-after) kind=none ;;
        --read-every) kind=none ;;
        --read-size) kind=none ;;
        --then) kind=words values='kill close reset drain' ;;
        --network) kind=words values='tcp tcp4 tcp6 udp udp4 udp6 unix unixgram unixpacket' ;;
        --resolve) kind=none ;;
        -O|--sndbuf) kind=none ;;
        -I|--rcvbuf) kind=none ;;
        --svg) kind=files ;;
        --color) kind=words values='auto always never' ;;
        *) [[ $current == -* ]] || kind=hosts ;;
        esac
        ;;
    help)
        values='listen dial write-block-probe'
        ;;
    esac
    case $kind in
    files) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    directories) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
    hosts) mapfile -t COMPREPLY < <(compgen -A hostname -- "$current") ;;
    words) mapfile -t COMPREPLY < <(compgen -W "$values" -- "$current") ;;
    none) ;;
    *)
        if [[ $current == -* ]]; then
            mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
        else
            mapfile -t COMPREPLY < <(compgen -W "$values" -- "$current")
        fi
        ;;
    esac
}
complete -F _sockctl sockctl
