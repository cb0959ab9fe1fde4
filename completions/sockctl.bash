# bash completion for sockctl
_sockctl() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
    local options='' values='' kind=''
    COMPREPLY=()
    if [[ $COMP_CWORD -eq 1 ]]; then
        mapfile -t COMPREPLY < <(compgen -W 'listen dial forward http-serve http-get udp-send udp-recv backlog-probe write-block-probe lab nc help --help --version' -- "$current")
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
        options='--serve -k --keep-open --max-accepts -m --max-conns -w --timeout --io-model --allow --deny --allow-file --deny-file --max-conns-per-host --fd --activated --inetd --backlog --accept-delay --no-accept --reuse-port --mode --queue --slow --proxy-auth --proxy-auth-file --target-allow --target-deny --open --readers --message-size --tls --tls-cert --tls-key --tls-password-file --tls-ca --tls-crl --tls-verify-client --tls-alpn --tls-min --tls-max --tls-ciphers --tls-key-log --tls-handshake-timeout --tls-half-close --network -4 --ipv4 -6 --ipv6 -u --udp -U --unix -n --no-dns --resolve -q --quit-after -N --shutdown --no-shutdown --half-open --input-grace --max-time --count --close --close-after --read-timeout --write-timeout --deadline --keep-going -i --idle-timeout --goodbye --send-only --recv-only -o --output --append -x --hex-dump -C --crlf --read-size --first-read-delay --read-delay --no-read --max-bytes --write-size --write-delay --delay --rate --busy-poll --frame --max-frame --separator --whole -e --exec -c --sh-exec --pty -O --sndbuf -I --rcvbuf --nodelay --no-nodelay --keepalive -M --ttl -T --tos --user-timeout --linger --mss --interface --min-ttl --mptcp --fastopen --congestion --setsockopt -v --verbose -J --json --trace --timestamps --color --quiet --progress -h --help'
        case $previous in
        --serve) kind=words values='pipe echo discard chargen time frames chat broker proxy' ;;
        --max-accepts) kind=none ;;
        -m|--max-conns) kind=none ;;
        -w|--timeout) kind=none ;;
        --io-model) kind=words values='blocking spin epoll uring' ;;
        --allow) kind=hosts ;;
        --deny) kind=hosts ;;
        --allow-file) kind=files ;;
        --deny-file) kind=files ;;
        --max-conns-per-host) kind=none ;;
        --fd) kind=none ;;
        --backlog) kind=none ;;
        --accept-delay) kind=none ;;
        --mode) kind=none ;;
        --queue) kind=none ;;
        --slow) kind=words values='drop skip' ;;
        --proxy-auth) kind=none ;;
        --proxy-auth-file) kind=files ;;
        --target-allow) kind=hosts ;;
        --target-deny) kind=hosts ;;
        --readers) kind=none ;;
        --message-size) kind=none ;;
        --tls-cert) kind=files ;;
        --tls-key) kind=files ;;
        --tls-password-file) kind=files ;;
        --tls-ca) kind=files ;;
        --tls-crl) kind=files ;;
        --tls-alpn) kind=words values='h2,http/1.1 http/1.1' ;;
        --tls-min) kind=words values='1.2 1.3' ;;
        --tls-max) kind=words values='1.2 1.3' ;;
        --tls-ciphers) kind=none ;;
        --tls-key-log) kind=files ;;
        --tls-handshake-timeout) kind=none ;;
        --network) kind=words values='tcp tcp4 tcp6 udp udp4 udp6 unix unixgram unixpacket vsock' ;;
        --resolve) kind=none ;;
        -q|--quit-after) kind=none ;;
        --input-grace) kind=none ;;
        --max-time) kind=none ;;
        --count) kind=none ;;
        --close) kind=words values='fin reset hold' ;;
        --close-after) kind=none ;;
        --read-timeout) kind=none ;;
        --write-timeout) kind=none ;;
        --deadline) kind=none ;;
        --keep-going) kind=none ;;
        -i|--idle-timeout) kind=none ;;
        --goodbye) kind=none ;;
        -o|--output) kind=files ;;
        -x|--hex-dump) kind=files ;;
        --read-size) kind=none ;;
        --first-read-delay) kind=none ;;
        --read-delay) kind=none ;;
        --max-bytes) kind=none ;;
        --write-size) kind=none ;;
        --write-delay) kind=none ;;
        --delay) kind=none ;;
        --rate) kind=none ;;
        --busy-poll) kind=none ;;
        --frame) kind=words values='line delim: length:' ;;
        --max-frame) kind=none ;;
        --separator) kind=none ;;
        -c|--sh-exec) kind=none ;;
        -O|--sndbuf) kind=none ;;
        -I|--rcvbuf) kind=none ;;
        --keepalive) kind=words values='off' ;;
        -M|--ttl) kind=none ;;
        -T|--tos) kind=words values='cs0 cs1 cs2 cs3 cs4 cs5 cs6 cs7 af11 af12 af13 af21 af22 af23 af31 af32 af33 af41 af42 af43 critical inetcontrol netcontrol ef lowdelay throughput reliability lowcost' ;;
        --user-timeout) kind=none ;;
        --linger) kind=none ;;
        --mss) kind=none ;;
        --interface) kind=none ;;
        --min-ttl) kind=none ;;
        --congestion) kind=none ;;
        --setsockopt) kind=none ;;
        --color) kind=words values='auto always never' ;;
        *) [[ $current == -* ]] || kind=hosts ;;
        esac
        ;;
    dial)
        options='-w --timeout --fallback-delay -s --source -p --source-port --proxy --proxy-auth-file --retry --retry-delay --retry-max-delay --reconnect --heartbeat --heartbeat-text --heartbeat-misses --send --interval --submit --window --writers --messages --message-size --unlocked --split -z --zero --parallel --banner --yes --tls --tls-ca --tls-name --tls-pin --tls-insecure --tls-crl --tls-cert --tls-key --tls-password-file --tls-alpn --tls-min --tls-max --tls-ciphers --tls-key-log --tls-handshake-timeout --tls-half-close --tls-session --starttls --tls-days --svg --network -4 --ipv4 -6 --ipv6 -u --udp -U --unix -n --no-dns --resolve -q --quit-after -N --shutdown --no-shutdown --half-open --input-grace --max-time --count --close --close-after --read-timeout --write-timeout --deadline --keep-going -i --idle-timeout --goodbye --send-only --recv-only -o --output --append -x --hex-dump -C --crlf --read-size --first-read-delay --read-delay --no-read --max-bytes --write-size --write-delay --delay --rate --busy-poll --frame --max-frame --separator --whole -e --exec -c --sh-exec --pty -O --sndbuf -I --rcvbuf --nodelay --no-nodelay --keepalive -M --ttl -T --tos --user-timeout --linger --mss --interface --min-ttl --mptcp --fastopen --congestion --setsockopt -v --verbose -J --json --trace --timestamps --color --quiet --progress --first-line --pass-fd -h --help'
        case $previous in
        -w|--timeout) kind=none ;;
        --fallback-delay) kind=none ;;
        -s|--source) kind=none ;;
        -p|--source-port) kind=none ;;
        --proxy) kind=words values='env socks4:// socks4a:// socks5:// socks5h:// http://' ;;
        --proxy-auth-file) kind=files ;;
        --retry) kind=words values='forever' ;;
        --retry-delay) kind=none ;;
        --retry-max-delay) kind=none ;;
        --heartbeat) kind=none ;;
        --heartbeat-text) kind=none ;;
        --heartbeat-misses) kind=none ;;
        --send) kind=none ;;
        --interval) kind=none ;;
        --window) kind=none ;;
        --writers) kind=none ;;
        --messages) kind=none ;;
        --message-size) kind=none ;;
        --parallel) kind=none ;;
        --banner) kind=none ;;
        --tls-ca) kind=files ;;
        --tls-name) kind=none ;;
        --tls-pin) kind=none ;;
        --tls-crl) kind=files ;;
        --tls-cert) kind=files ;;
        --tls-key) kind=files ;;
        --tls-password-file) kind=files ;;
        --tls-alpn) kind=words values='h2,http/1.1 http/1.1' ;;
        --tls-min) kind=words values='1.2 1.3' ;;
        --tls-max) kind=words values='1.2 1.3' ;;
        --tls-ciphers) kind=none ;;
        --tls-key-log) kind=files ;;
        --tls-handshake-timeout) kind=none ;;
        --tls-session) kind=files ;;
        --starttls) kind=words values='smtp imap pop3 ftp postgres mysql ldap xmpp' ;;
        --tls-days) kind=none ;;
        --svg) kind=files ;;
        --network) kind=words values='tcp tcp4 tcp6 udp udp4 udp6 unix unixgram unixpacket vsock' ;;
        --resolve) kind=none ;;
        -q|--quit-after) kind=none ;;
        --input-grace) kind=none ;;
        --max-time) kind=none ;;
        --count) kind=none ;;
        --close) kind=words values='fin reset hold' ;;
        --close-after) kind=none ;;
        --read-timeout) kind=none ;;
        --write-timeout) kind=none ;;
        --deadline) kind=none ;;
        --keep-going) kind=none ;;
        -i|--idle-timeout) kind=none ;;
        --goodbye) kind=none ;;
        -o|--output) kind=files ;;
        -x|--hex-dump) kind=files ;;
        --read-size) kind=none ;;
        --first-read-delay) kind=none ;;
        --read-delay) kind=none ;;
        --max-bytes) kind=none ;;
        --write-size) kind=none ;;
        --write-delay) kind=none ;;
        --delay) kind=none ;;
        --rate) kind=none ;;
        --busy-poll) kind=none ;;
        --frame) kind=words values='line delim: length:' ;;
        --max-frame) kind=none ;;
        --separator) kind=none ;;
        -c|--sh-exec) kind=none ;;
        -O|--sndbuf) kind=none ;;
        -I|--rcvbuf) kind=none ;;
        --keepalive) kind=words values='off' ;;
        -M|--ttl) kind=none ;;
        -T|--tos) kind=words values='cs0 cs1 cs2 cs3 cs4 cs5 cs6 cs7 af11 af12 af13 af21 af22 af23 af31 af32 af33 af41 af42 af43 critical inetcontrol netcontrol ef lowdelay throughput reliability lowcost' ;;
        --user-timeout) kind=none ;;
        --linger) kind=none ;;
        --mss) kind=none ;;
        --interface) kind=none ;;
        --min-ttl) kind=none ;;
        --congestion) kind=none ;;
        --setsockopt) kind=none ;;
        --color) kind=words values='auto always never' ;;
        *) [[ $current == -* ]] || kind=hosts ;;
        esac
        ;;
    forward)
        options='--target --balance --seed -w --timeout --retry --retry-delay --retry-max-delay --proxy --proxy-auth-file -m --max-conns --max-accepts --backlog --reuse-port --mode --max-time --allow --deny --allow-file --deny-file --max-conns-per-host --read-timeout --write-timeout --deadline -i --idle-timeout --goodbye --close-after -o --output --append -x --hex-dump --max-bytes --rate --fault --up --down --control --busy-poll --proxy-protocol --proxy-version --trust --record --record-json --replay --replay-speed --tls --tls-accept --tls-ca --tls-name --tls-pin --tls-insecure --tls-crl --tls-session --starttls --tls-verify-client --tls-cert --tls-key --tls-password-file --tls-alpn --tls-min --tls-max --tls-ciphers --tls-key-log --tls-handshake-timeout -4 --ipv4 -6 --ipv6 -n --no-dns --resolve -u --udp -O --sndbuf -I --rcvbuf --nodelay --no-nodelay --keepalive -M --ttl -T --tos --user-timeout --linger --mss --interface --min-ttl --mptcp --fastopen --congestion --setsockopt -v --verbose -J --json --trace --timestamps --color --quiet -h --help'
        case $previous in
        --target) kind=none ;;
        --balance) kind=words values='first round-robin random least' ;;
        --seed) kind=none ;;
        -w|--timeout) kind=none ;;
        --retry) kind=words values='forever' ;;
        --retry-delay) kind=none ;;
        --retry-max-delay) kind=none ;;
        --proxy) kind=words values='env socks4:// socks4a:// socks5:// socks5h:// http://' ;;
        --proxy-auth-file) kind=files ;;
        -m|--max-conns) kind=none ;;
        --max-accepts) kind=none ;;
        --backlog) kind=none ;;
        --mode) kind=none ;;
        --max-time) kind=none ;;
        --allow) kind=hosts ;;
        --deny) kind=hosts ;;
        --allow-file) kind=files ;;
        --deny-file) kind=files ;;
        --max-conns-per-host) kind=none ;;
        --read-timeout) kind=none ;;
        --write-timeout) kind=none ;;
        --deadline) kind=none ;;
        -i|--idle-timeout) kind=none ;;
        --goodbye) kind=none ;;
        --close-after) kind=none ;;
        -o|--output) kind=files ;;
        -x|--hex-dump) kind=files ;;
        --max-bytes) kind=none ;;
        --rate) kind=none ;;
        --fault) kind=none ;;
        --up) kind=none ;;
        --down) kind=none ;;
        --control) kind=files ;;
        --busy-poll) kind=none ;;
        --proxy-protocol) kind=words values='send accept both' ;;
        --proxy-version) kind=words values='1 2' ;;
        --trust) kind=hosts ;;
        --record) kind=files ;;
        --record-json) kind=files ;;
        --replay) kind=files ;;
        --replay-speed) kind=none ;;
        --tls-ca) kind=files ;;
        --tls-name) kind=none ;;
        --tls-pin) kind=none ;;
        --tls-crl) kind=files ;;
        --tls-session) kind=files ;;
        --starttls) kind=words values='smtp imap pop3 ftp postgres mysql ldap xmpp' ;;
        --tls-cert) kind=files ;;
        --tls-key) kind=files ;;
        --tls-password-file) kind=files ;;
        --tls-alpn) kind=words values='h2,http/1.1 http/1.1' ;;
        --tls-min) kind=words values='1.2 1.3' ;;
        --tls-max) kind=words values='1.2 1.3' ;;
        --tls-ciphers) kind=none ;;
        --tls-key-log) kind=files ;;
        --tls-handshake-timeout) kind=none ;;
        --resolve) kind=none ;;
        -O|--sndbuf) kind=none ;;
        -I|--rcvbuf) kind=none ;;
        --keepalive) kind=words values='off' ;;
        -M|--ttl) kind=none ;;
        -T|--tos) kind=words values='cs0 cs1 cs2 cs3 cs4 cs5 cs6 cs7 af11 af12 af13 af21 af22 af23 af31 af32 af33 af41 af42 af43 critical inetcontrol netcontrol ef lowdelay throughput reliability lowcost' ;;
        --user-timeout) kind=none ;;
        --linger) kind=none ;;
        --mss) kind=none ;;
        --interface) kind=none ;;
        --min-ttl) kind=none ;;
        --congestion) kind=none ;;
        --setsockopt) kind=none ;;
        --color) kind=words values='auto always never' ;;
        *) [[ $current == -* ]] || kind=hosts ;;
        esac
        ;;
    http-serve)
        options='--root --no-index --hidden --spa --upload --overwrite --auth --cors --header --log --grace -m --max-conns --backlog --reuse-port --mode --max-time --allow --deny --allow-file --deny-file --max-conns-per-host --max-head --max-headers --max-body --header-timeout --body-timeout --write-timeout -i --idle-timeout --tls --tls-cert --tls-key --tls-password-file --tls-ca --tls-crl --tls-verify-client --tls-alpn --tls-min --tls-max --tls-ciphers --tls-key-log --tls-handshake-timeout --network -4 --ipv4 -6 --ipv6 -U --unix -n --no-dns --resolve -O --sndbuf -I --rcvbuf --nodelay --no-nodelay --keepalive -M --ttl -T --tos --user-timeout --linger --mss --interface --min-ttl --mptcp --fastopen --congestion --setsockopt -v --verbose -J --json --trace --timestamps --color --quiet --progress -h --help'
        case $previous in
        --root) kind=files ;;
        --spa) kind=files ;;
        --auth) kind=none ;;
        --cors) kind=words values='*' ;;
        --header) kind=none ;;
        --log) kind=words values='combined json none' ;;
        --grace) kind=none ;;
        -m|--max-conns) kind=none ;;
        --backlog) kind=none ;;
        --mode) kind=none ;;
        --max-time) kind=none ;;
        --allow) kind=hosts ;;
        --deny) kind=hosts ;;
        --allow-file) kind=files ;;
        --deny-file) kind=files ;;
        --max-conns-per-host) kind=none ;;
        --max-head) kind=none ;;
        --max-headers) kind=none ;;
        --max-body) kind=none ;;
        --header-timeout) kind=none ;;
        --body-timeout) kind=none ;;
        --write-timeout) kind=none ;;
        -i|--idle-timeout) kind=none ;;
        --tls-cert) kind=files ;;
        --tls-key) kind=files ;;
        --tls-password-file) kind=files ;;
        --tls-ca) kind=files ;;
        --tls-crl) kind=files ;;
        --tls-alpn) kind=words values='h2,http/1.1 http/1.1' ;;
        --tls-min) kind=words values='1.2 1.3' ;;
        --tls-max) kind=words values='1.2 1.3' ;;
        --tls-ciphers) kind=none ;;
        --tls-key-log) kind=files ;;
        --tls-handshake-timeout) kind=none ;;
        --network) kind=words values='tcp tcp4 tcp6 udp udp4 udp6 unix unixgram unixpacket vsock' ;;
        --resolve) kind=none ;;
        -O|--sndbuf) kind=none ;;
        -I|--rcvbuf) kind=none ;;
        --keepalive) kind=words values='off' ;;
        -M|--ttl) kind=none ;;
        -T|--tos) kind=words values='cs0 cs1 cs2 cs3 cs4 cs5 cs6 cs7 af11 af12 af13 af21 af22 af23 af31 af32 af33 af41 af42 af43 critical inetcontrol netcontrol ef lowdelay throughput reliability lowcost' ;;
        --user-timeout) kind=none ;;
        --linger) kind=none ;;
        --mss) kind=none ;;
        --interface) kind=none ;;
        --min-ttl) kind=none ;;
        --congestion) kind=none ;;
        --setsockopt) kind=none ;;
        --color) kind=words values='auto always never' ;;
        *) [[ $current == -* ]] || kind=hosts ;;
        esac
        ;;
    http-get)
        options='-X --request -I --head -H --header -d --data --json-body -T --upload-file -u --user -i --include --first-line -L --location --max-redirects -f --fail --fail-with-body -o --output -O --remote-name -C --continue --retry --unix-socket --timeout --dial-timeout --response-header-timeout --expect-continue-timeout --disable-keepalives --idle-conn-timeout --max-idle-conns --max-idle-per-host --max-per-host --proxy --proxy-auth-file --max-time --tls-ca --tls-name --tls-pin --tls-insecure --tls-crl --tls-cert --tls-key --tls-password-file --tls-min --tls-max --tls-ciphers --tls-key-log --tls-handshake-timeout --tls-session --repeat --duration --parallel --rate --plot --no-plot --svg -4 --ipv4 -6 --ipv6 -n --no-dns --resolve --nodelay --no-nodelay --keepalive --user-timeout --linger --mss --interface --min-ttl --mptcp --fastopen --congestion --setsockopt -v --verbose -J --json --trace --timestamps --color --quiet --progress -h --help'
        case $previous in
        -X|--request) kind=words values='GET POST PUT DELETE OPTIONS PATCH' ;;
        -H|--header) kind=none ;;
        -d|--data) kind=files ;;
        --json-body) kind=files ;;
        -T|--upload-file) kind=files ;;
        -u|--user) kind=none ;;
        --max-redirects) kind=none ;;
        -o|--output) kind=files ;;
        --retry) kind=none ;;
        --unix-socket) kind=files ;;
        --timeout) kind=none ;;
        --dial-timeout) kind=none ;;
        --response-header-timeout) kind=none ;;
        --expect-continue-timeout) kind=none ;;
        --idle-conn-timeout) kind=none ;;
        --max-idle-conns) kind=none ;;
        --max-idle-per-host) kind=none ;;
        --max-per-host) kind=none ;;
        --proxy) kind=words values='env socks4:// socks4a:// socks5:// socks5h:// http://' ;;
        --proxy-auth-file) kind=files ;;
        --max-time) kind=none ;;
        --tls-ca) kind=files ;;
        --tls-name) kind=none ;;
        --tls-pin) kind=none ;;
        --tls-crl) kind=files ;;
        --tls-cert) kind=files ;;
        --tls-key) kind=files ;;
        --tls-password-file) kind=files ;;
        --tls-min) kind=words values='1.2 1.3' ;;
        --tls-max) kind=words values='1.2 1.3' ;;
        --tls-ciphers) kind=none ;;
        --tls-key-log) kind=files ;;
        --tls-handshake-timeout) kind=none ;;
        --tls-session) kind=files ;;
        --repeat) kind=none ;;
        --duration) kind=none ;;
        --parallel) kind=none ;;
        --rate) kind=none ;;
        --svg) kind=files ;;
        --resolve) kind=none ;;
        --keepalive) kind=words values='off' ;;
        --user-timeout) kind=none ;;
        --linger) kind=none ;;
        --mss) kind=none ;;
        --interface) kind=none ;;
        --min-ttl) kind=none ;;
        --congestion) kind=none ;;
        --setsockopt) kind=none ;;
        --color) kind=words values='auto always never' ;;
        *) [[ $current == -* ]] || kind=none ;;
        esac
        ;;
    udp-send)
        options='--whole --chunk --chomp --size --count --interval --rate -w --wait -s --source --unconnected --broadcast --multicast-interface --no-fragment --proxy --proxy-auth-file --tls --tls-ca --tls-name --tls-pin --tls-insecure --tls-crl --tls-cert --tls-key --tls-password-file --tls-alpn --tls-min --tls-max --tls-ciphers --tls-key-log --tls-handshake-timeout --tls-session --network -4 --ipv4 -6 --ipv6 -u --udp -U --unix -n --no-dns --resolve -O --sndbuf -M --ttl -T --tos --interface --setsockopt -v --verbose -J --json --trace --timestamps --color --quiet --progress -h --help'
        case $previous in
        --chunk) kind=none ;;
        --size) kind=none ;;
        --count) kind=none ;;
        --interval) kind=none ;;
        --rate) kind=none ;;
        -w|--wait) kind=none ;;
        -s|--source) kind=none ;;
        --multicast-interface) kind=none ;;
        --proxy) kind=words values='env socks4:// socks4a:// socks5:// socks5h:// http://' ;;
        --proxy-auth-file) kind=files ;;
        --tls-ca) kind=files ;;
        --tls-name) kind=none ;;
        --tls-pin) kind=none ;;
        --tls-crl) kind=files ;;
        --tls-cert) kind=files ;;
        --tls-key) kind=files ;;
        --tls-password-file) kind=files ;;
        --tls-alpn) kind=words values='h2,http/1.1 http/1.1' ;;
        --tls-min) kind=words values='1.2 1.3' ;;
        --tls-max) kind=words values='1.2 1.3' ;;
        --tls-ciphers) kind=none ;;
        --tls-key-log) kind=files ;;
        --tls-handshake-timeout) kind=none ;;
        --tls-session) kind=files ;;
        --network) kind=words values='tcp tcp4 tcp6 udp udp4 udp6 unix unixgram unixpacket vsock' ;;
        --resolve) kind=none ;;
        -O|--sndbuf) kind=none ;;
        -M|--ttl) kind=none ;;
        -T|--tos) kind=words values='cs0 cs1 cs2 cs3 cs4 cs5 cs6 cs7 af11 af12 af13 af21 af22 af23 af31 af32 af33 af41 af42 af43 critical inetcontrol netcontrol ef lowdelay throughput reliability lowcost' ;;
        --interface) kind=none ;;
        --setsockopt) kind=none ;;
        --color) kind=words values='auto always never' ;;
        *) [[ $current == -* ]] || kind=hosts ;;
        esac
        ;;
    udp-recv)
        options='--count -w --timeout --reply --stats --separator --buffer --first-read-delay --join --reuse-port --tls --tls-cert --tls-key --tls-password-file --tls-ca --tls-crl --tls-verify-client --tls-alpn --tls-min --tls-max --tls-ciphers --tls-key-log --tls-handshake-timeout --allow --deny --allow-file --deny-file --max-conns-per-host -o --output --append -x --hex-dump --network -4 --ipv4 -6 --ipv6 -u --udp -U --unix -n --no-dns --resolve -O --sndbuf -I --rcvbuf -M --ttl -T --tos --interface --min-ttl --setsockopt -v --verbose -J --json --trace --timestamps --color --quiet --progress -h --help'
        case $previous in
        --count) kind=none ;;
        -w|--timeout) kind=none ;;
        --reply) kind=words values='echo' ;;
        --separator) kind=none ;;
        --buffer) kind=none ;;
        --first-read-delay) kind=none ;;
        --join) kind=none ;;
        --tls-cert) kind=files ;;
        --tls-key) kind=files ;;
        --tls-password-file) kind=files ;;
        --tls-ca) kind=files ;;
        --tls-crl) kind=files ;;
        --tls-alpn) kind=words values='h2,http/1.1 http/1.1' ;;
        --tls-min) kind=words values='1.2 1.3' ;;
        --tls-max) kind=words values='1.2 1.3' ;;
        --tls-ciphers) kind=none ;;
        --tls-key-log) kind=files ;;
        --tls-handshake-timeout) kind=none ;;
        --allow) kind=hosts ;;
        --deny) kind=hosts ;;
        --allow-file) kind=files ;;
        --deny-file) kind=files ;;
        --max-conns-per-host) kind=none ;;
        -o|--output) kind=files ;;
        -x|--hex-dump) kind=files ;;
        --network) kind=words values='tcp tcp4 tcp6 udp udp4 udp6 unix unixgram unixpacket vsock' ;;
        --resolve) kind=none ;;
        -O|--sndbuf) kind=none ;;
        -I|--rcvbuf) kind=none ;;
        -M|--ttl) kind=none ;;
        -T|--tos) kind=words values='cs0 cs1 cs2 cs3 cs4 cs5 cs6 cs7 af11 af12 af13 af21 af22 af23 af31 af32 af33 af41 af42 af43 critical inetcontrol netcontrol ef lowdelay throughput reliability lowcost' ;;
        --interface) kind=none ;;
        --min-ttl) kind=none ;;
        --setsockopt) kind=none ;;
        --color) kind=words values='auto always never' ;;
        *) [[ $current == -* ]] || kind=hosts ;;
        esac
        ;;
    backlog-probe)
        options='--backlog --dials --accept-every --never-accept -w --timeout --concurrent --then --plot --no-plot --svg --network -4 --ipv4 -6 --ipv6 -u --udp -U --unix -n --no-dns --resolve -v --verbose -J --json --trace --timestamps --color --quiet --progress -h --help'
        case $previous in
        --backlog) kind=none ;;
        --dials) kind=none ;;
        --accept-every) kind=none ;;
        -w|--timeout) kind=none ;;
        --then) kind=words values='close' ;;
        --svg) kind=files ;;
        --network) kind=words values='tcp tcp4 tcp6 udp udp4 udp6 unix unixgram unixpacket vsock' ;;
        --resolve) kind=none ;;
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
        --network) kind=words values='tcp tcp4 tcp6 udp udp4 udp6 unix unixgram unixpacket vsock' ;;
        --resolve) kind=none ;;
        -O|--sndbuf) kind=none ;;
        -I|--rcvbuf) kind=none ;;
        --svg) kind=files ;;
        --color) kind=words values='auto always never' ;;
        *) [[ $current == -* ]] || kind=hosts ;;
        esac
        ;;
    lab)
        options='--all --check --step --slow --commands --uncovered --svg --html -v --verbose -J --json --trace --timestamps --color --quiet --progress -h --help'
        case $previous in
        --svg) kind=files ;;
        --html) kind=files ;;
        --color) kind=words values='auto always never' ;;
        *) [[ $current == -* ]] || kind=words values='time-server many-clients close-unblocks address-in-use cannot-listen both-families address-forms restart-after-close accept-retries bad-client connected-not-accepted accept-queue burst slot-frees never-accepted abort-on-overflow full-unix-queue listener-closes whose-timeout nine-networks wrong-network refused-or-filtered no-route resolve-in-budget happy-eyeballs partial-deadlines cancel-dial local-address error-text ephemeral-ports self-connect sticky-deadline moved-deadline idle-goodbye write-deadline timed-out-server timer-precision eof-or-timeout parked-read short-read full-duplex concurrent-reads zero-length-read stream-order normal-write blocked-or-full write-blocks slow-reader partial-write torn-writes nagle drain-then-end fin-or-rst write-after-close rst-on-unread half-close silent-connection heartbeat keep-alive user-timeout sigpipe udp-server udp-local-port one-socket-many-servers udp-truncation udp-loss lost-or-refused udp-refused longest-datagram empty-or-end zero-datagram unix-stream unix-datagrams unix-packets unix-paths socket-numbers system-call-walk nonblocking-from-birth control-hook listen-or-dial socket-is-a-file blocked-by-silence io-models one-thread-many-waiters select-limit epoll-behind-the-read sticky-packets request-response hello-server flood-guard oversized-length packet-protocol framed-messages time-and-headers default-port get-by-hand http-get-errors whole-exchange expect-continue http-timeouts idle-pool keep-alive-reuse two-keep-alives' ;;
        esac
        ;;
    nc)
        options='-4 --ipv4 -6 --ipv6 -u --udp -U --unixsock --vsock -n --nodns -l --listen -k --keep-open -p --source-port -s --source -w --wait -x --proxy -X --proxy-type --proxy-auth --proxy-dns -z --zero --max-conns --allow --deny --allowfile --denyfile --broker --chat -e --exec -c --sh-exec -F --pass-fd -N --shutdown --no-shutdown -q --quit --idle-timeout -W --count -C --crlf -d --recv-only --send-only -i --delay --output --append-output --hex-dump -b --broadcast -D --debug -I --rcvbuf -O --sndbuf -M --ttl -m --min-ttl -T --tos -v --verbose -J --json --trace --timestamps --color --quiet --progress -h --help'
        case $previous in
        -p|--source-port) kind=none ;;
        -s|--source) kind=none ;;
        -w|--wait) kind=none ;;
        -x|--proxy) kind=none ;;
        -X|--proxy-type) kind=words values='4 5 connect socks4 socks5 http' ;;
        --proxy-auth) kind=none ;;
        --proxy-dns) kind=words values='local remote' ;;
        --max-conns) kind=none ;;
        --allow) kind=none ;;
        --deny) kind=none ;;
        --allowfile) kind=files ;;
        --denyfile) kind=files ;;
        -e|--exec) kind=none ;;
        -c|--sh-exec) kind=none ;;
        -q|--quit) kind=none ;;
        --idle-timeout) kind=none ;;
        -W|--count) kind=none ;;
        -i|--delay) kind=none ;;
        --output) kind=files ;;
        --hex-dump) kind=files ;;
        -I|--rcvbuf) kind=none ;;
        -O|--sndbuf) kind=none ;;
        -M|--ttl) kind=none ;;
        -m|--min-ttl) kind=none ;;
        -T|--tos) kind=words values='cs0 cs1 cs2 cs3 cs4 cs5 cs6 cs7 af11 af12 af13 af21 af22 af23 af31 af32 af33 af41 af42 af43 critical inetcontrol netcontrol ef lowdelay throughput reliability lowcost' ;;
        --color) kind=words values='auto always never' ;;
        *) [[ $current == -* ]] || kind=hosts ;;
        esac
        ;;
    help)
        values='listen dial forward http-serve http-get udp-send udp-recv backlog-probe write-block-probe lab nc'
        ;;
    esac
    case $kind in
    files) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
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
