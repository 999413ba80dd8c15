package org.craq.server;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The host names that this server answers to over HTTP. A web page can point a name of its own at any address,
 * including this server's (DNS rebinding), and then shares an origin with this server as far as the browser is
 * concerned. So only IP addresses, localhost, the server's own name and names that an operator has listed are answered.
 */
public final class HostNames {
    /** Further names, separated by commas; {@code *.} in front of a name stands for every name below it. */
    public static final String SETTING = "craq.http.names";

    private static final String ANY = "*";
    private static final String SCHEME_END = "://";
    private static final String LOCALHOST = "localhost";
    private static final Pattern IP_V4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
    private static final Pattern IP_V6 = Pattern.compile("\\[[0-9A-Fa-f:.]+(%25[A-Za-z0-9._~-]+)?]");
    private static final Pattern AUTHORITY =
            Pattern.compile("(\\[[^\\]@/\\\\]+]|[A-Za-z0-9._~!$&'()*+,;=-]+)(?::([0-9]{1,5}))?");
    private static final Pattern NAME = Pattern.compile("(\\*\\.)?[a-z0-9_-]+(\\.[a-z0-9_-]+)*");

    private final Set<String> listed;
    private final Set<String> own;

    /**
     * Creates the names; use {@link #read}.
     *
     * @param listed in lower case
     * @param ownUrls the server's own URLs, as others know it
     */
    HostNames(List<String> listed, List<String> ownUrls) {
        this.listed = Set.copyOf(listed);
        this.own = ownUrls.stream()
                .flatMap(url -> Authority.ofUrl(url).stream())
                .map(Authority::host)
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Reads the setting.
     *
     * @param ownUrl URL under which others know the server; its name is always answered
     * @throws IllegalArgumentException naming the setting if an entry is not a host name
     */
    public static HostNames read(Settings settings, String ownUrl) {
        List<String> names = Arrays.stream(settings.text(SETTING, "").split(","))
                .map(name -> name.strip().toLowerCase(Locale.ROOT))
                .filter(name -> !name.isEmpty())
                .toList();
        for (String name : names) {
            if (!name.equals(ANY) && !NAME.matcher(name).matches()) {
                throw new IllegalArgumentException(SETTING + ": '" + name
                        + "' is not a host name; write names such as files.example.com or *.example.com, separated by"
                        + " commas and without ports, or * for any name");
            }
        }
        return new HostNames(names, List.of(ownUrl));
    }

    /**
     * A host and its port, as in a Host header or a URL.
     *
     * @param host in lower case, without a trailing dot
     * @param port empty for the default port of the scheme
     */
    record Authority(String host, Optional<Integer> port) {
        /** Returns the authority of an absolute URL or an Origin header; empty if it has none. */
        static Optional<Authority> ofUrl(String url) {
            int begin = url.indexOf(SCHEME_END);
            return begin < 0
                    ? Optional.empty()
                    : parse(url.substring(begin + SCHEME_END.length()).replaceFirst("/.*", ""));
        }

        /** Parses an authority; empty if the text is not one. */
        static Optional<Authority> parse(String text) {
            Matcher matcher = AUTHORITY.matcher(text.strip());
            if (!matcher.matches()) {
                return Optional.empty();
            }
            String host = matcher.group(1).toLowerCase(Locale.ROOT);
            return Optional.of(new Authority(
                    host.endsWith(".") ? host.substring(0, host.length() - 1) : host,
                    Optional.ofNullable(matcher.group(2)).map(Integer::valueOf)));
        }
    }

    /** Returns true if the server is to answer to this host. */
    boolean answersTo(String host) {
        return IP_V4.matcher(host).matches()
                || IP_V6.matcher(host).matches()
                || host.equals(LOCALHOST)
                // Browsers never look these names up in DNS (RFC 6761).
                || host.endsWith("." + LOCALHOST)
                || own.contains(host)
                || listed.contains(ANY)
                || isListed(host);
    }

    /** Returns true if an operator has listed this name or a wildcard that covers it. */
    boolean isListed(String host) {
        return listed.contains(host)
                || listed.stream().anyMatch(name -> name.startsWith("*.") && host.endsWith(name.substring(1)));
    }
}
