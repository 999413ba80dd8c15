package org.craq.server;

import org.craq.wire.tls.TlsCredentials;

/**
 * The certificates of a process on its status page.
 *
 * @param identity who it is, such as "node n1 of cluster c"
 * @param certificateExpires when its certificate expires, as ISO 8601 in UTC
 * @param authoritiesExpire when the last of the authorities that it trusts expires, likewise
 * @param reloadFailure why its files as they are now can't be used, so that the former ones are; empty if they are in use
 */
public record TlsStatus(String identity, String certificateExpires, String authoritiesExpire, String reloadFailure) {
    /** Returns the present state of the certificates. */
    public static TlsStatus of(TlsCredentials tls) {
        return new TlsStatus(
                tls.identity().toString(),
                tls.expires().toString(),
                tls.authoritiesExpire().toString(),
                tls.lastFailure());
    }
}
