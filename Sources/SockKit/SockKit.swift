/// SockKit.
