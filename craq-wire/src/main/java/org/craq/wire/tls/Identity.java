package org.craq.wire.tls;

import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who a certificate belongs to: its one URI among the subject alternative names, {@code spiffe://craq/CLUSTER/KIND/NAME}.
 *
 * @param cluster name of the cluster; processes of different clusters never speak to each other
 * @param name node id, manager id or user name
 * @see <a href="https://github.com/spiffe/spiffe/blob/main/standards/X509-SVID.md">X.509 SVID: exactly one URI</a>
 */
public record Identity(String cluster, Kind kind, String name) {
    private static final int SAN_DNS = 2;
    private static final int SAN_URI = 6;
    private static final int SAN_IP = 7;
    private static final String NAME = "([A-Za-z0-9][A-Za-z0-9._-]{0,62})";
    private static final Pattern FORM = Pattern.compile("spiffe://craq/" + NAME + "/(node|manager|user)/" + NAME);

    /** What a certificate is for. */
    public enum Kind {
        NODE,
        MANAGER,
        USER;

        private String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Reads the identity of a certificate. Does not verify the certificate.
     *
     * @throws CertificateException if it has no URI, several, or one of another form
     */
    public static Identity of(X509Certificate certificate) throws CertificateException {
        List<String> uris = names(certificate).stream()
                .filter(name -> name.get(0).equals(SAN_URI))
                .map(name -> (String) name.get(1))
                .toList();
        if (uris.size() != 1) {
            throw new CertificateException("a certificate of CRAQ has exactly one URI among its names, "
                    + "spiffe://craq/CLUSTER/node/ID or the like; that of '" + certificate.getSubjectX500Principal()
                    + "' has " + uris.size());
        }
        return ofUri(uris.get(0))
                .orElseThrow(
                        () -> new CertificateException(
                                "the URI '" + uris.get(0)
                                        + "' of a certificate is not of the form spiffe://craq/CLUSTER/node/ID, …/manager/ID or …/user/NAME"));
    }

    /** Returns the identity that a URI stands for; empty if it stands for none. */
    public static Optional<Identity> ofUri(String uri) {
        Matcher matcher = FORM.matcher(uri);
        return matcher.matches()
                ? Optional.of(new Identity(
                        matcher.group(1), Kind.valueOf(matcher.group(2).toUpperCase(Locale.ROOT)), matcher.group(3)))
                : Optional.empty();
    }

    /**
     * Returns the hosts that a certificate names: DNS names in lower case, and IP addresses as the JDK writes them.
     *
     * @throws CertificateParsingException if the names can't be read
     */
    public static Set<String> hosts(X509Certificate certificate) throws CertificateParsingException {
        Set<String> hosts = new TreeSet<>();
        for (List<?> name : names(certificate)) {
            if (name.get(0).equals(SAN_DNS) || name.get(0).equals(SAN_IP)) {
                hosts.add(((String) name.get(1)).toLowerCase(Locale.ROOT));
            }
        }
        return hosts;
    }

    private static Collection<List<?>> names(X509Certificate certificate) throws CertificateParsingException {
        Collection<List<?>> names = certificate.getSubjectAlternativeNames();
        return names == null ? List.of() : names;
    }

    /** Returns the identity in words, such as "node n1 of cluster c". */
    @Override
    public String toString() {
        return kind.word() + " " + name + " of cluster " + cluster;
    }
}
