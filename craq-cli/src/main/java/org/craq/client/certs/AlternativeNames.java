package org.craq.client.certs;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The subject alternative names of a certificate: its identity is a URI, its addresses are DNS names and IP addresses. */
record AlternativeNames(List<String> uris, List<String> hosts) {
    private static final int DNS_NAME = 2;
    private static final int URI = 6;
    private static final int IP_ADDRESS = 7;

    AlternativeNames {
        uris = List.copyOf(uris);
        hosts = List.copyOf(hosts);
    }

    /** Reads them; a certificate whose names are damaged has none. */
    static AlternativeNames of(X509Certificate certificate) {
        Collection<List<?>> names;
        try {
            names = Optional.ofNullable(certificate.getSubjectAlternativeNames())
                    .orElse(List.of());
        } catch (CertificateParsingException e) {
            names = List.of();
        }
        return new AlternativeNames(of(names, List.of(URI)), of(names, List.of(DNS_NAME, IP_ADDRESS)));
    }

    private static List<String> of(Collection<List<?>> names, List<Integer> types) {
        return names.stream()
                .filter(name -> name.get(0) instanceof Integer type && types.contains(type))
                .map(name -> name.get(1).toString())
                .toList();
    }

    /** Returns the identity; empty unless there is exactly one URI and it is an identity. */
    Optional<Identity> identity() {
        return uris.size() == 1 ? Identity.ofUri(uris.get(0)) : Optional.empty();
    }
}
