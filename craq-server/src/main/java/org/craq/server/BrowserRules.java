package org.craq.server;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * What a web page may make its reader's browser request. Other programs send none of the headers checked here, apart
 * from Host, and are refused only if that has an unknown name.
 *
 * <p>Reads from another site are answered, like links and embedded pictures. The browser keeps that site's scripts from
 * seeing the answer, as no answer allows another origin. Every request that may change something must come from a page
 * of this origin.
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
     * Checks a request.
     *
     * @throws CraqException UNKNOWN_HOST, CROSS_SITE, INVALID_ARGUMENT
     */
    void check(HttpServletRequest request) {
        // A client that omits the header is not a browser.
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
                        "Host must be a name or an address, optionally with a port; it is '" + header + "'"));
    }

    private void checkHost(HostNames.Authority host) {
        if (!names.answersTo(host.host())) {
            throw new CraqException(
                    ErrorCode.UNKNOWN_HOST,
                    "this server does not answer to the name '" + host.host()
                            + "'. Use its IP address or its own name; to add this name, set "
                            + HostNames.SETTING + "=" + host.host()
                            + " (separate several names with commas) and restart the server");
        }
    }

    /**
     * Checks where a request comes from. A current browser states whether a page of this origin sent it; an older one,
     * or one that connects without TLS, names the origin of the page.
     */
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
                            + " already, make it forward the Host header unchanged, or set "
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

    /** Returns the default port of the scheme. */
    private static Optional<Integer> port(String origin) {
        return Optional.ofNullable(PORTS.get(origin.substring(0, Math.max(origin.indexOf(':'), 0))));
    }
}
