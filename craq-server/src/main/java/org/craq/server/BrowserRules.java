package org.craq.server;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * What a web page may make its reader's browser ask. Programs other than browsers send none of the headers that are looked at here, and
 * are refused only for a host name that is not known.
 *
 * <p>Reads from another site are answered, as links and embedded pictures are: that site's scripts are kept from the answer by their
 * browser, as no answer here allows another origin. Whatever may change something must come from a page of this origin.
 */
final class BrowserRules {
    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");
    private static final Map<String, Integer> PORTS = Map.of("http", 80, "https", 443);
    private static final String HOST = "Host";
    private static final String ORIGIN = "Origin";
    private static final String SITE = "Sec-Fetch-Site";

    private final HostNames names;

    BrowserRules(HostNames names) {
        this.names = names;
    }

    /**
     * Lets a request pass.
     *
     * @throws CraqException UNKNOWN_HOST, CROSS_SITE, INVALID_ARGUMENT
     */
    void check(HttpServletRequest request) {
        // Without the header it is no browser.
        Optional<HostNames.Authority> host =
                Optional.ofNullable(request.getHeader(HOST)).map(BrowserRules::host);
        host.ifPresent(this::checkHost);
        if (!SAFE.contains(request.getMethod())) {
            checkOrigin(request, host);
        }
    }

    private static HostNames.Authority host(String header) {
        return HostNames.Authority.parse(header)
                .orElseThrow(() -> new CraqException(
                        ErrorCode.INVALID_ARGUMENT,
                        "Host must be a name or an address, and a port; it is '" + header + "'"));
    }

    private void checkHost(HostNames.Authority host) {
        if (!names.answersTo(host.host())) {
            throw new CraqException(
                    ErrorCode.UNKNOWN_HOST,
                    "this server does not answer to the name '" + host.host()
                            + "'. Ask it by its IP address or its own name; if this is to be one of its names, set "
                            + HostNames.SETTING + "=" + host.host()
                            + " (several with commas between) and start the server anew");
        }
    }

    /** A browser says itself whether a page of this very origin asks; an older one, or one that comes without TLS, says which page does. */
    private void checkOrigin(HttpServletRequest request, Optional<HostNames.Authority> host) {
        String site = Optional.ofNullable(request.getHeader(SITE)).orElse("");
        if (site.equals("same-origin") || site.equals("none")) {
            return;
        }
        Optional<String> origin = Optional.ofNullable(request.getHeader(ORIGIN));
        boolean foreign = origin.filter(from -> !isOwn(from, host)).isPresent();
        if (foreign || site.equals("cross-site")) {
            throw new CraqException(
                    ErrorCode.CROSS_SITE,
                    "a web page of another origin"
                            + origin.map(from -> ", " + from + ",").orElse("")
                            + " must not change anything here. Serve the page under the same origin; if a proxy does so"
                            + " already, let it pass the Host header on unchanged, or set "
                            + HostNames.SETTING + " to its name");
        }
    }

    private boolean isOwn(String origin, Optional<HostNames.Authority> host) {
        Optional<HostNames.Authority> from = HostNames.Authority.ofUrl(origin);
        boolean same = from.isPresent()
                && host.filter(asked -> asked.host().equals(from.get().host()))
                        .map(asked -> asked.port().or(() -> port(origin)))
                        .filter(port -> port.equals(from.get().port().or(() -> port(origin))))
                        .isPresent();
        return same || from.filter(page -> names.isListed(page.host())).isPresent();
    }

    /** The scheme's own. */
    private static Optional<Integer> port(String origin) {
        return Optional.ofNullable(PORTS.get(origin.substring(0, Math.max(origin.indexOf(':'), 0))));
    }
}
