package org.craq.wire.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Accepts a certificate that the authorities have issued and whose identity obeys a rule. The address of the other side does not matter:
 * identities are never looked up in the DNS.
 */
final class IdentityTrustManager extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager authorities;
    private final Rule rule;

    /** Returns why an identity is not accepted, or an empty text if it is. */
    interface Rule {
        String complaint(Identity peer);
    }

    IdentityTrustManager(X509ExtendedTrustManager authorities, Rule rule) {
        this.authorities = authorities;
        this.rule = rule;
    }

    private void check(X509Certificate[] chain) throws CertificateException {
        String complaint = rule.complaint(Identity.of(chain[0]));
        if (!complaint.isEmpty()) {
            throw new CertificateException(complaint);
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        authorities.checkClientTrusted(chain, type, engine);
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        authorities.checkServerTrusted(chain, type, engine);
        check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        authorities.checkClientTrusted(chain, type, socket);
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        authorities.checkServerTrusted(chain, type, socket);
        check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        throw new CertificateException("a certificate can only be verified within a connection");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        throw new CertificateException("a certificate can only be verified within a connection");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return authorities.getAcceptedIssuers();
    }
}
