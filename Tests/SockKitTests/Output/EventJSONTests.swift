import Testing

@testable import sockctl

@Suite struct EventJSONTests {
    @Test func `programs read objects`() {
        let expected = [
            #"{"network":"tcp","local":"127.0.0.1:3000","backlog":128}"#,
            #"{"host":"localhost","addresses":["0.0.0.0","::"],"seconds":0.00012}"#,
            #"{"network":"tcp","remote":"127.0.0.1:40112","attempt":2}"#,
            #"""
            {"network":"tcp","remote":"127.0.0.1:9","attempt":1,"error":{"code":"ECONNREFUSED",\#
            "operation":"dial","call":"connect","message":"dial tcp 127.0.0.1:9: connect: connection refused",\#
            "hint":"nothing listens on 127.0.0.1:9; start one with: sockctl listen 9"}}
            """#,
            #"{"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","count":1}"#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","attempt":1,\#
            "resolve_seconds":0.001,"connect_seconds":0.000123}
            """#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112",\#
            "proxy":"socks5h://127.0.0.1:1080","target":"example.org:80","seconds":0.003}
            """#,
            #"{"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112"}"#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","version":"TLSv1.3",\#
            "cipher":"TLS_AES_256_GCM_SHA384","group":"x25519","signature":"ECDSA","alpn":"h2",\#
            "server_name":"localhost","resumed":false,"verified":true,"kernel":"off: this kernel has no TLS",\#
            "seconds":0.002,"messages":[{"name":"ClientHello","bytes":306,"sent":true,"seconds":0.0002},\#
            {"name":"ServerHello","bytes":122,"sent":false,"seconds":0.0007}],"root":"CN=Example Root, O=Example",\#
            "chain":[{"subject":"CN=localhost, O=Example","issuer":"CN=Example Root, O=Example",\#
            "names":["localhost","127.0.0.1"],"not_before":"2023-11-14T22:13:20Z",\#
            "not_after":"2027-01-15T08:00:00Z","days_left":90,\#
            "pin":"0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f"}]}
            """#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","version":"TLSv1.2",\#
            "cipher":"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256","server_name":"localhost","resumed":true,\#
            "verified":false,"reason":"the certificate is not for localhost","kernel":"off: this kernel has no TLS",\#
            "seconds":0.001,"chain":[]}
            """#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","server_name":"localhost",\#
            "reason":"the certificate is not for localhost","seconds":0.001,"messages":[],"chain":[]}
            """#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112",\#
            "reason":"the certificate of localhost is self-signed"}
            """#,
            #"""
            {"subject":"CN=localhost, O=Example","names":["localhost","127.0.0.1"],\#
            "not_after":"2027-01-15T08:00:00Z","pin":"0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f"}
            """#,
            #"""
            {"subject":"CN=localhost, O=Example","names":["localhost","127.0.0.1"],\#
            "not_after":"2027-01-15T08:00:00Z","pin":"0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f"}
            """#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","feature":"mptcp",\#
            "used":true}
            """#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","feature":"fastopen",\#
            "used":false,"reason":"no data came with the SYN"}
            """#,
            #"{"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","seconds":5e-05}"#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","bytes":17,\#
            "total":34}
            """#,
            #"{"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","bytes":1,"total":1}"#,
            #"""
            {"network":"udp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","bytes":17,"truncated":true,\#
            "length":40,"ttl":64,"to":"127.0.0.2:53","arrived":"2023-11-14T22:13:20.123456Z"}
            """#,
            #"{"network":"udp","local":"127.0.0.1:3000","bytes":17,"length":40,"to":"127.0.0.2:53"}"#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","bytes":17,\#
            "index":3}
            """#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112",\#
            "id":"00000002","result":0,"seconds":2e-05}
            """#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112",\#
            "id":"00000003","result":1,"seconds":3e-05}
            """#,
            #"{"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","by":"local"}"#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","by":"local",\#
            "told":false}
            """#,
            #"""
            {"network":"udp","remote":"127.0.0.1:40112","bytes":3,"length":3,"round_trip":9e-05,"sequence":2,\#
            "payload":"yes","payload_escaped":"yes"}
            """#,
            #"{"network":"udp","remote":"127.0.0.1:40112","from":2,"count":3}"#,
            #"{"network":"udp","local":"127.0.0.1:3000","count":12,"receive_buffer":4096}"#,
            #"{"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","by":"peer"}"#,
            #"{}"#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","pid":4711,\#
            "command":"/bin/cat -u"}
            """#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","pid":4711,\#
            "text":"oops"}
            """#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","pid":4711,\#
            "status":0,"seconds":0.012}
            """#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","pid":4711,\#
            "signal":"SIGTERM","seconds":0.012}
            """#,
            #"{"bytes":3,"length":6}"#,
            #"{"bytes":3,"bytes_sent":5,"bytes_unsent":3}"#,
            #"{"connection":1,"bytes":3,"bytes_sent":5,"bytes_unsent":1}"#,
            #"{"bytes":3,"bytes_received":5}"#,
            #"{"bytes":3,"path":"/tmp/copy"}"#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","bytes":1048577,\#
            "action":"drop"}
            """#,
            #"{"bytes":17,"action":"skip"}"#,
            #"{"count":2}"#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","seconds":0.3,\#
            "limit":3.0}
            """#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","by":"reset",\#
            "seconds":1.03,"bytes_received":17,"bytes_sent":1258291,"bytes_unread":5,\#
            "bytes_unacknowledged":12,"bytes_unsent":3,"silence_seconds":0.4,"messages":2}
            """#,
            #"""
            {"network":"tcp","remote":"127.0.0.1:9","error":{"code":"ECONNREFUSED","operation":"dial",\#
            "call":"connect","message":"dial tcp 127.0.0.1:9: connect: connection refused",\#
            "hint":"nothing listens on 127.0.0.1:9; start one with: sockctl listen 9"}}
            """#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","bytes":17,\#
            "error":{"code":"ECONNRESET","operation":"write","call":"write",\#
            "message":"write tcp 127.0.0.1:3000->127.0.0.1:40112: write: connection reset by peer",\#
            "hint":"the peer aborted: it died, was killed, or closed with unread data"}}
            """#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","seconds":1.0,\#
            "bytes_unread":5,"bytes_unacknowledged":0,"going_on":2,"error":{"code":"timeout",\#
            "operation":"read","message":"read tcp 127.0.0.1:3000->127.0.0.1:40112: i/o timeout"}}
            """#,
            #"{"error":{"code":"usage","message":"unknown option '--verbos'","hint":"did you mean '--verbose'?"}}"#,
            #"""
            {"network":"tcp","remote":"127.0.0.1:9","attempt":1,"delay":0.005,"error":{"code":"ECONNREFUSED",\#
            "operation":"dial","call":"connect","message":"dial tcp 127.0.0.1:9: connect: connection refused",\#
            "hint":"nothing listens on 127.0.0.1:9; start one with: sockctl listen 9"}}
            """#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","bytes":17,\#
            "by":"reset","silence_seconds":0.4,"bytes_sent":5000,"bytes_unacknowledged":12,"bytes_at_risk":12,\#
            "bytes_perhaps_unread":7,"bytes_since_heard":3,\#
            "bytes_kept":1,"error":{"code":"ECONNRESET","operation":"write","call":"write",\#
            "message":"write tcp 127.0.0.1:3000->127.0.0.1:40112: write: connection reset by peer",\#
            "hint":"the peer aborted: it died, was killed, or closed with unread data"}}
            """#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","dials":3,\#
            "seconds":1.53}
            """#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","bytes":13,\#
            "index":2}
            """#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","index":2,\#
            "seconds":0.00023}
            """#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","bytes":5,\#
            "index":1,"seconds":5.2e-05,"answered":true}
            """#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","index":2,\#
            "seconds":1.0,"answered":false}
            """#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112",\#
            "reason":"2 connections are the most that --max-conns allows"}
            """#,
            #"{"rules":3}"#,
            #"{"reason":"interrupted"}"#, #"{"reason":"interrupted","waiting_for":2,"grace":5.0}"#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","index":2,\#
            "method":"GET","target":"/time","version":"HTTP/1.1","status":200,"bytes_received":3,"bytes_sent":40,\#
            "seconds":3e-05,"user":"ada","referer":"http://a/","user_agent":"curl","is_cut_off":true}
            """#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","status":400,\#
            "reason":"head: there is no Host"}
            """#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","direction":"sent",\#
            "lines":["HTTP/1.1 200 OK","Content-Length: 0"]}
            """#,
            #"{"count":2}"#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","by":"reset",\#
            "seconds":1.03,"bytes_received":17,"bytes_sent":12,"target":"127.0.0.1:3001","bytes_up":17,"bytes_down":12}
            """#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112",\#
            "target":"127.0.0.1:3001","seconds":0.0003}
            """#,
            #"{"target":"localhost:3001","seconds":1.0,"error":{"code":"timeout","message":"too late"}}"#,
            #"{"target":"localhost:3001"}"#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","version":2,\#
            "client":"127.0.0.1:50000","destination":"127.0.0.1:443"}
            """#,
            #"{"connection":1,"bytes_up":17,"bytes_down":12,"seconds":1.03}"#,
            #"""
            {"connection":1,"message":2,"offset":3,"expected":"68 69 0a","expected_text":"hi\n","got":"68 6f",\#
            "got_text":"ho"}
            """#,
            #"""
            {"network":"tcp","remote":"127.0.0.1:40112","index":130,"outcome":"timed-out","seconds":3.0,\#
            "syn_retransmits":2}
            """#,
            #"""
            {"network":"tcp","remote":"127.0.0.1:40112","moment":"waiting","index":7,"queue_length":6,\#
            "queue_limit":5,"listen_overflows":11,"listen_drops":12,"predicted_timeout":131.0}
            """#,
            #"{"call":"connect","arguments":"5, 127.0.0.1:3000","result":-1,"errno":"EINPROGRESS","seconds":1.2e-05}"#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","bytes":4,\#
            "total":4,"reader":2}
            """#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","index":3,\#
            "pieces":[{"byte":"a","count":65536},{"byte":"\\x00","count":12}]}
            """#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","bytes":6,\#
            "seconds":0.5,"calls":1001,"would_block":1000,"cpu_seconds":0.499}
            """#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","chunk":65536,\#
            "own_peer":true,"send_buffer_asked":65536,"receive_buffer_asked":65536,"send_buffer":131072,\#
            "receive_buffer":131072}
            """#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","bytes":17,\#
            "total":34,"index":60,"seconds":1.2e-05,"error":{"code":"ECONNRESET","operation":"write",\#
            "call":"write",\#
            "message":"write tcp 127.0.0.1:3000->127.0.0.1:40112: write: connection reset by peer",\#
            "hint":"the peer aborted: it died, was killed, or closed with unread data"}}
            """#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","index":4,\#
            "taken":17,"chunk":65536,"blocked_after":0.042,"bytes_accepted":100,"bytes_in_send_queue":60,\#
            "bytes_unsent":60,"bytes_in_receive_queue":30,"bytes_read_by_peer":10,"accounted":true,\#
            "send_buffer_asked":65536,"receive_buffer_asked":65536,"send_buffer":131072,\#
            "receive_buffer":131072,"congestion_control":"reno","mss":47417,"window":0,"receive_space":65483}
            """#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112",\#
            "seconds":0.703,"reads":2,"bytes_read_by_peer":120000,"send_buffer":131072,\#
            "bytes_in_send_queue":60000}
            """#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","bytes":60000,\#
            "total":60000,"index":1,"moved":0,"window":0,"mss":47417,"receive_buffer_free":33742,\#
            "bytes_accepted":100,"bytes_in_send_queue":60,"bytes_unsent":60,"bytes_in_receive_queue":30,\#
            "bytes_read_by_peer":10,"accounted":true}
            """#,
            #"""
            {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","by":"kill",\#
            "bytes_accepted":100,"bytes_in_send_queue":60,"bytes_unsent":60,"bytes_in_receive_queue":30,\#
            "bytes_read_by_peer":10,"accounted":true}
            """#,
            #"""
            {"bytes_sent":2048,"dials":3,"elapsed":2.0,"blocked":false,"mss":null,"errors":["timeout"],\#
            "rate":1048576,"reader_bytes":[4,1]}
            """#,
        ]
        let objects = EventSamples.all.map { sockctl::JSONValue.object($0.members).text }
        for (object, text) in zip(objects, expected) { #expect(object == text) }
        #expect(objects.count == expected.count)
    }
}
