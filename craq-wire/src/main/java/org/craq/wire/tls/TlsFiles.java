package org.craq.wire.tls;

import java.nio.file.Path;

/**
 * The PEM files of a process.
 *
 * @param certificate its certificate, followed by intermediate ones if there are any
 * @param key the private key of that certificate, PKCS#8, accessible to its owner only
 * @param authorities the certificates of the authorities that may have issued those of others; several while they are exchanged
 */
public record TlsFiles(Path certificate, Path key, Path authorities) {}
