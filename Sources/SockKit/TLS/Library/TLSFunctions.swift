/// The library's functions that are used here, by their own names: the one table.
///
/// Those with an optional type are not in every version. A test holds each type against the library's own headers.
@safe struct TLSFunctions: Sendable {
    typealias Pointer = OpaquePointer?
    typealias Text = UnsafePointer<CChar>?
    typealias Bytes = UnsafePointer<UInt8>?
    typealias Raw = UnsafeMutableRawPointer?

    // MARK: - The library and its errors

    let OPENSSL_init_ssl: @convention(c) (UInt64, Raw) -> Int32 = unsafe required("OPENSSL_init_ssl")
    let OpenSSL_version: @convention(c) (Int32) -> Text = unsafe required("OpenSSL_version")
    let OpenSSL_version_num: @convention(c) () -> UInt = required("OpenSSL_version_num")
    let ERR_clear_error: @convention(c) () -> Void = required("ERR_clear_error")
    let ERR_get_error: @convention(c) () -> UInt = required("ERR_get_error")
    let ERR_reason_error_string: @convention(c) (UInt) -> Text = unsafe required("ERR_reason_error_string")
    let OBJ_nid2sn: @convention(c) (Int32) -> Text = unsafe required("OBJ_nid2sn")

    // MARK: - Contexts

    let TLS_client_method: @convention(c) () -> Pointer = unsafe required("TLS_client_method")
    let TLS_server_method: @convention(c) () -> Pointer = unsafe required("TLS_server_method")
    let DTLS_client_method: @convention(c) () -> Pointer = unsafe required("DTLS_client_method")
    let DTLS_server_method: @convention(c) () -> Pointer = unsafe required("DTLS_server_method")
    let SSL_CTX_new: @convention(c) (Pointer) -> Pointer = unsafe required("SSL_CTX_new")
    let SSL_CTX_free: @convention(c) (Pointer) -> Void = unsafe required("SSL_CTX_free")
    let SSL_CTX_ctrl: @convention(c) (Pointer, Int32, Int, Raw) -> Int = unsafe required("SSL_CTX_ctrl")
    let SSL_CTX_callback_ctrl: @convention(c) (Pointer, Int32, (@convention(c) () -> Void)?) -> Int =
        unsafe required("SSL_CTX_callback_ctrl")
    let SSL_CTX_set_options: @convention(c) (Pointer, UInt64) -> UInt64 = unsafe required("SSL_CTX_set_options")
    let SSL_CTX_set_verify: @convention(c) (Pointer, Int32, (@convention(c) (Int32, Pointer) -> Int32)?) -> Void =
        unsafe required("SSL_CTX_set_verify")
    let SSL_CTX_load_verify_locations: @convention(c) (Pointer, Text, Text) -> Int32 =
        unsafe required("SSL_CTX_load_verify_locations")
    let SSL_CTX_set_default_verify_paths: @convention(c) (Pointer) -> Int32 =
        unsafe required("SSL_CTX_set_default_verify_paths")
    let X509_get_default_cert_dir: @convention(c) () -> Text = unsafe required("X509_get_default_cert_dir")
    let SSL_CTX_get_cert_store: @convention(c) (Pointer) -> Pointer = unsafe required("SSL_CTX_get_cert_store")
    let X509_STORE_add_lookup: @convention(c) (Pointer, Pointer) -> Pointer = unsafe required("X509_STORE_add_lookup")
    let X509_STORE_set_flags: @convention(c) (Pointer, UInt) -> Int32 = unsafe required("X509_STORE_set_flags")
    let X509_LOOKUP_file: @convention(c) () -> Pointer = unsafe required("X509_LOOKUP_file")
    let X509_load_crl_file: @convention(c) (Pointer, Text, Int32) -> Int32 = unsafe required("X509_load_crl_file")
    let SSL_CTX_use_certificate_chain_file: @convention(c) (Pointer, Text) -> Int32 =
        unsafe required("SSL_CTX_use_certificate_chain_file")
    let SSL_CTX_use_PrivateKey_file: @convention(c) (Pointer, Text, Int32) -> Int32 =
        unsafe required("SSL_CTX_use_PrivateKey_file")
    let SSL_CTX_use_certificate: @convention(c) (Pointer, Pointer) -> Int32 = unsafe required("SSL_CTX_use_certificate")
    let SSL_CTX_use_PrivateKey: @convention(c) (Pointer, Pointer) -> Int32 = unsafe required("SSL_CTX_use_PrivateKey")
    let SSL_CTX_check_private_key: @convention(c) (Pointer) -> Int32 = unsafe required("SSL_CTX_check_private_key")
    let SSL_CTX_get0_certificate: @convention(c) (Pointer) -> Pointer = unsafe required("SSL_CTX_get0_certificate")
    let SSL_CTX_set_default_passwd_cb:
        @convention(c) (Pointer, (@convention(c) (UnsafeMutablePointer<CChar>?, Int32, Int32, Raw) -> Int32)?) -> Void =
            unsafe required("SSL_CTX_set_default_passwd_cb")
    let SSL_CTX_set_default_passwd_cb_userdata: @convention(c) (Pointer, Raw) -> Void =
        unsafe required("SSL_CTX_set_default_passwd_cb_userdata")
    let SSL_CTX_set_cipher_list: @convention(c) (Pointer, Text) -> Int32 = unsafe required("SSL_CTX_set_cipher_list")
    let SSL_CTX_set_ciphersuites: @convention(c) (Pointer, Text) -> Int32 = unsafe required("SSL_CTX_set_ciphersuites")
    let SSL_CTX_set_alpn_protos: @convention(c) (Pointer, Bytes, UInt32) -> Int32 =
        unsafe required("SSL_CTX_set_alpn_protos")
    let SSL_CTX_set_alpn_select_cb:
        @convention(c) (
            Pointer,
            (
                @convention(c) (
                    Pointer, UnsafeMutablePointer<Bytes>?, UnsafeMutablePointer<UInt8>?, Bytes, UInt32, Raw
                ) -> Int32
            )?, Raw
        ) -> Void = unsafe required("SSL_CTX_set_alpn_select_cb")
    let SSL_CTX_set_keylog_callback: @convention(c) (Pointer, (@convention(c) (Pointer, Text) -> Void)?) -> Void =
        unsafe required("SSL_CTX_set_keylog_callback")
    let SSL_CTX_sess_set_new_cb: @convention(c) (Pointer, (@convention(c) (Pointer, Pointer) -> Int32)?) -> Void =
        unsafe required("SSL_CTX_sess_set_new_cb")
    let SSL_CTX_set_session_id_context: @convention(c) (Pointer, Bytes, UInt32) -> Int32 =
        unsafe required("SSL_CTX_set_session_id_context")
    let SSL_CTX_set_client_CA_list: @convention(c) (Pointer, Pointer) -> Void = unsafe required(
        "SSL_CTX_set_client_CA_list")
    let SSL_add_file_cert_subjects_to_stack: @convention(c) (Pointer, Text) -> Int32 =
        unsafe required("SSL_add_file_cert_subjects_to_stack")
    let OPENSSL_sk_new_null: @convention(c) () -> Pointer = unsafe required("OPENSSL_sk_new_null")

    // MARK: - Sessions

    let SSL_new: @convention(c) (Pointer) -> Pointer = unsafe required("SSL_new")
    let SSL_free: @convention(c) (Pointer) -> Void = unsafe required("SSL_free")
    let SSL_ctrl: @convention(c) (Pointer, Int32, Int, Raw) -> Int = unsafe required("SSL_ctrl")
    let SSL_set_bio: @convention(c) (Pointer, Pointer, Pointer) -> Void = unsafe required("SSL_set_bio")
    let SSL_get_rbio: @convention(c) (Pointer) -> Pointer = unsafe required("SSL_get_rbio")
    let SSL_set_connect_state: @convention(c) (Pointer) -> Void = unsafe required("SSL_set_connect_state")
    let SSL_set_accept_state: @convention(c) (Pointer) -> Void = unsafe required("SSL_set_accept_state")
    let SSL_do_handshake: @convention(c) (Pointer) -> Int32 = unsafe required("SSL_do_handshake")
    let SSL_read_ex: @convention(c) (Pointer, Raw, Int, UnsafeMutablePointer<Int>?) -> Int32 =
        unsafe required("SSL_read_ex")
    let SSL_peek_ex: @convention(c) (Pointer, Raw, Int, UnsafeMutablePointer<Int>?) -> Int32 =
        unsafe required("SSL_peek_ex")
    let SSL_write_ex: @convention(c) (Pointer, UnsafeRawPointer?, Int, UnsafeMutablePointer<Int>?) -> Int32 =
        unsafe required("SSL_write_ex")
    let SSL_pending: @convention(c) (Pointer) -> Int32 = unsafe required("SSL_pending")
    let SSL_get_error: @convention(c) (Pointer, Int32) -> Int32 = unsafe required("SSL_get_error")
    let SSL_shutdown: @convention(c) (Pointer) -> Int32 = unsafe required("SSL_shutdown")
    let SSL_get0_param: @convention(c) (Pointer) -> Pointer = unsafe required("SSL_get0_param")
    let SSL_set1_host: @convention(c) (Pointer, Text) -> Int32 = unsafe required("SSL_set1_host")
    let SSL_set_hostflags: @convention(c) (Pointer, UInt32) -> Void = unsafe required("SSL_set_hostflags")
    let X509_VERIFY_PARAM_set1_ip_asc: @convention(c) (Pointer, Text) -> Int32 =
        unsafe required("X509_VERIFY_PARAM_set1_ip_asc")
    let SSL_get_verify_result: @convention(c) (Pointer) -> Int = unsafe required("SSL_get_verify_result")
    let X509_verify_cert_error_string: @convention(c) (Int) -> Text = unsafe required("X509_verify_cert_error_string")
    let X509_STORE_CTX_get_error: @convention(c) (Pointer) -> Int32 = unsafe required("X509_STORE_CTX_get_error")
    let X509_STORE_CTX_get_ex_data: @convention(c) (Pointer, Int32) -> Raw = unsafe required(
        "X509_STORE_CTX_get_ex_data")
    let SSL_get_ex_data_X509_STORE_CTX_idx: @convention(c) () -> Int32 =
        required("SSL_get_ex_data_X509_STORE_CTX_idx")
    let SSL_set_session: @convention(c) (Pointer, Pointer) -> Int32 = unsafe required("SSL_set_session")
    let SSL_session_reused: @convention(c) (Pointer) -> Int32 = unsafe required("SSL_session_reused")
    let SSL_set_msg_callback:
        @convention(c) (
            Pointer, (@convention(c) (Int32, Int32, Int32, UnsafeRawPointer?, Int, Pointer, Raw) -> Void)?
        ) -> Void = unsafe required("SSL_set_msg_callback")
    let SSL_get_servername: @convention(c) (Pointer, Int32) -> Text = unsafe required("SSL_get_servername")
    let SSL_set_SSL_CTX: @convention(c) (Pointer, Pointer) -> Pointer = unsafe required("SSL_set_SSL_CTX")
    let i2d_SSL_SESSION: @convention(c) (Pointer, UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32 =
        unsafe required("i2d_SSL_SESSION")
    let d2i_SSL_SESSION: @convention(c) (UnsafeMutablePointer<Pointer>?, UnsafeMutablePointer<Bytes>?, Int) -> Pointer =
        unsafe required("d2i_SSL_SESSION")
    let SSL_SESSION_free: @convention(c) (Pointer) -> Void = unsafe required("SSL_SESSION_free")

    // MARK: - Datagrams

    let DTLSv1_listen: @convention(c) (Pointer, Pointer) -> Int32 = unsafe required("DTLSv1_listen")
    let BIO_ADDR_new: @convention(c) () -> Pointer = unsafe required("BIO_ADDR_new")
    let BIO_ADDR_free: @convention(c) (Pointer) -> Void = unsafe required("BIO_ADDR_free")
    let SSL_CTX_set_cookie_generate_cb:
        @convention(c) (
            Pointer,
            (@convention(c) (Pointer, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<UInt32>?) -> Int32)?
        ) -> Void = unsafe required("SSL_CTX_set_cookie_generate_cb")
    let SSL_CTX_set_cookie_verify_cb:
        @convention(c) (Pointer, (@convention(c) (Pointer, Bytes, UInt32) -> Int32)?) -> Void =
            unsafe required("SSL_CTX_set_cookie_verify_cb")
    let SSL_has_pending: @convention(c) (Pointer) -> Int32 = unsafe required("SSL_has_pending")

    // MARK: - What was agreed on

    let SSL_get_version: @convention(c) (Pointer) -> Text = unsafe required("SSL_get_version")
    let SSL_get_current_cipher: @convention(c) (Pointer) -> Pointer = unsafe required("SSL_get_current_cipher")
    let SSL_CIPHER_standard_name: @convention(c) (Pointer) -> Text = unsafe required("SSL_CIPHER_standard_name")
    let SSL_get0_alpn_selected:
        @convention(c) (Pointer, UnsafeMutablePointer<Bytes>?, UnsafeMutablePointer<UInt32>?) -> Void =
            unsafe required("SSL_get0_alpn_selected")
    let SSL_get_peer_signature_type_nid: @convention(c) (Pointer, UnsafeMutablePointer<Int32>?) -> Int32 =
        unsafe required("SSL_get_peer_signature_type_nid")
    let SSL_group_to_name: (@convention(c) (Pointer, Int32) -> Text)? = unsafe optional("SSL_group_to_name")
    /// Before 3.0 it had another name, and nothing else was different.
    let SSL_get1_peer_certificate: @convention(c) (Pointer) -> Pointer =
        unsafe required("SSL_get1_peer_certificate", or: "SSL_get_peer_certificate")
    let SSL_get_peer_cert_chain: @convention(c) (Pointer) -> Pointer = unsafe required("SSL_get_peer_cert_chain")
    let SSL_get0_verified_chain: @convention(c) (Pointer) -> Pointer = unsafe required("SSL_get0_verified_chain")
    let OPENSSL_sk_num: @convention(c) (Pointer) -> Int32 = unsafe required("OPENSSL_sk_num")
    let OPENSSL_sk_value: @convention(c) (Pointer, Int32) -> Raw = unsafe required("OPENSSL_sk_value")

    // MARK: - Certificates

    let X509_get_subject_name: @convention(c) (Pointer) -> Pointer = unsafe required("X509_get_subject_name")
    let X509_get_issuer_name: @convention(c) (Pointer) -> Pointer = unsafe required("X509_get_issuer_name")
    let X509_NAME_print_ex: @convention(c) (Pointer, Pointer, Int32, UInt) -> Int32 = unsafe required(
        "X509_NAME_print_ex")
    let X509_get0_notBefore: @convention(c) (Pointer) -> Pointer = unsafe required("X509_get0_notBefore")
    let X509_get0_notAfter: @convention(c) (Pointer) -> Pointer = unsafe required("X509_get0_notAfter")
    let ASN1_TIME_diff:
        @convention(c) (UnsafeMutablePointer<Int32>?, UnsafeMutablePointer<Int32>?, Pointer, Pointer) -> Int32 =
            unsafe required("ASN1_TIME_diff")
    let X509_get_ext_d2i:
        @convention(c) (Pointer, Int32, UnsafeMutablePointer<Int32>?, UnsafeMutablePointer<Int32>?) -> Raw =
            unsafe required("X509_get_ext_d2i")
    let GENERAL_NAME_get0_value: @convention(c) (Pointer, UnsafeMutablePointer<Int32>?) -> Raw =
        unsafe required("GENERAL_NAME_get0_value")
    let GENERAL_NAMES_free: @convention(c) (Pointer) -> Void = unsafe required("GENERAL_NAMES_free")
    let ASN1_STRING_get0_data: @convention(c) (Pointer) -> Bytes = unsafe required("ASN1_STRING_get0_data")
    let ASN1_STRING_length: @convention(c) (Pointer) -> Int32 = unsafe required("ASN1_STRING_length")
    let X509_digest:
        @convention(c) (Pointer, Pointer, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<UInt32>?) -> Int32 =
            unsafe required("X509_digest")
    let EVP_sha256: @convention(c) () -> Pointer = unsafe required("EVP_sha256")
    let X509_free: @convention(c) (Pointer) -> Void = unsafe required("X509_free")

    // MARK: - Bytes in and out

    let BIO_new: @convention(c) (Pointer) -> Pointer = unsafe required("BIO_new")
    let BIO_free: @convention(c) (Pointer) -> Int32 = unsafe required("BIO_free")
    let BIO_s_mem: @convention(c) () -> Pointer = unsafe required("BIO_s_mem")
    let BIO_read: @convention(c) (Pointer, Raw, Int32) -> Int32 = unsafe required("BIO_read")
    let BIO_get_new_index: @convention(c) () -> Int32 = required("BIO_get_new_index")
    let BIO_meth_new: @convention(c) (Int32, Text) -> Pointer = unsafe required("BIO_meth_new")
    let BIO_meth_set_read_ex:
        @convention(c) (
            Pointer, (@convention(c) (Pointer, UnsafeMutablePointer<CChar>?, Int, UnsafeMutablePointer<Int>?) -> Int32)?
        ) -> Int32 = unsafe required("BIO_meth_set_read_ex")
    let BIO_meth_set_write_ex:
        @convention(c) (Pointer, (@convention(c) (Pointer, Text, Int, UnsafeMutablePointer<Int>?) -> Int32)?) -> Int32 =
            unsafe required("BIO_meth_set_write_ex")
    let BIO_meth_set_ctrl: @convention(c) (Pointer, (@convention(c) (Pointer, Int32, Int, Raw) -> Int)?) -> Int32 =
        unsafe required("BIO_meth_set_ctrl")
    let BIO_set_data: @convention(c) (Pointer, Raw) -> Void = unsafe required("BIO_set_data")
    let BIO_get_data: @convention(c) (Pointer) -> Raw = unsafe required("BIO_get_data")
    let BIO_set_init: @convention(c) (Pointer, Int32) -> Void = unsafe required("BIO_set_init")
    let BIO_set_flags: @convention(c) (Pointer, Int32) -> Void = unsafe required("BIO_set_flags")
    let BIO_clear_flags: @convention(c) (Pointer, Int32) -> Void = unsafe required("BIO_clear_flags")

    // MARK: - A certificate of our own

    let EVP_PKEY_CTX_new_id: @convention(c) (Int32, Pointer) -> Pointer = unsafe required("EVP_PKEY_CTX_new_id")
    let EVP_PKEY_CTX_free: @convention(c) (Pointer) -> Void = unsafe required("EVP_PKEY_CTX_free")
    let EVP_PKEY_CTX_ctrl: @convention(c) (Pointer, Int32, Int32, Int32, Int32, Raw) -> Int32 =
        unsafe required("EVP_PKEY_CTX_ctrl")
    let EVP_PKEY_keygen_init: @convention(c) (Pointer) -> Int32 = unsafe required("EVP_PKEY_keygen_init")
    let EVP_PKEY_keygen: @convention(c) (Pointer, UnsafeMutablePointer<Pointer>?) -> Int32 =
        unsafe required("EVP_PKEY_keygen")
    let EVP_PKEY_free: @convention(c) (Pointer) -> Void = unsafe required("EVP_PKEY_free")
    let X509_new: @convention(c) () -> Pointer = unsafe required("X509_new")
    let X509_set_version: @convention(c) (Pointer, Int) -> Int32 = unsafe required("X509_set_version")
    let X509_get_serialNumber: @convention(c) (Pointer) -> Pointer = unsafe required("X509_get_serialNumber")
    let ASN1_INTEGER_set_uint64: @convention(c) (Pointer, UInt64) -> Int32 = unsafe required("ASN1_INTEGER_set_uint64")
    let X509_getm_notBefore: @convention(c) (Pointer) -> Pointer = unsafe required("X509_getm_notBefore")
    let X509_getm_notAfter: @convention(c) (Pointer) -> Pointer = unsafe required("X509_getm_notAfter")
    let X509_gmtime_adj: @convention(c) (Pointer, Int) -> Pointer = unsafe required("X509_gmtime_adj")
    let X509_NAME_add_entry_by_txt: @convention(c) (Pointer, Text, Int32, Bytes, Int32, Int32, Int32) -> Int32 =
        unsafe required("X509_NAME_add_entry_by_txt")
    let X509_set_issuer_name: @convention(c) (Pointer, Pointer) -> Int32 = unsafe required("X509_set_issuer_name")
    let X509_set_pubkey: @convention(c) (Pointer, Pointer) -> Int32 = unsafe required("X509_set_pubkey")
    let X509V3_EXT_conf_nid: @convention(c) (Pointer, Pointer, Int32, Text) -> Pointer =
        unsafe required("X509V3_EXT_conf_nid")
    let X509_add_ext: @convention(c) (Pointer, Pointer, Int32) -> Int32 = unsafe required("X509_add_ext")
    let X509_EXTENSION_free: @convention(c) (Pointer) -> Void = unsafe required("X509_EXTENSION_free")
    let X509_sign: @convention(c) (Pointer, Pointer, Pointer) -> Int32 = unsafe required("X509_sign")
}

extension TLSFunctions {
    /// A function without which nothing is done; one that is not there is noted, and its place ends the program.
    private static func required<Signature>(_ name: StaticString, or other: StaticString? = nil) -> Signature {
        if let function: Signature = optional(name) ?? other.flatMap({ optional($0) }) { return function }
        TLSLibrary.note(missing: name)
        return LoadedLibrary.missing(as: Signature.self)
    }

    /// A function that not every version has.
    private static func optional<Signature>(_ name: StaticString) -> Signature? {
        TLSLibrary.loaded?.function(name, as: Signature.self)
    }
}
