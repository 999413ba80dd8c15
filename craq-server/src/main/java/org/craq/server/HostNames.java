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
 * The names under which this server is asked by HTTP. A web page can give a name of its own any address, also that of this server
 * (DNS rebinding), and is then of the same origin for the browser that shows it: so only addresses, localhost, and names that an
 * operator has written down are answered.
 */
public final class HostNames {
    /** Names beside those of the server's own URL, with commas between; {@code *.} before one stands for whatever is below it. */
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
     * Made by {@link #read}.
     *
     * @param listed in lower case
     * @param ownUrls the server's own, as others know it
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
     * @param ownUrl under which the server is known to others; its name is always answered
     * @throws IllegalArgumentException naming the setting when a name is none
     */
    public static HostNames read(Settings settings, String ownUrl) {
        List<String> names = Arrays.stream(settings.text(SETTING, "").split(","))
                .map(name -> name.strip().toLowerCase(Locale.ROOT))
                .filter(name -> !name.isEmpty())
                .toList();
        for (String name : names) {
            if (!name.equals(ANY) && !NAME.matcher(name).matches()) {
                throw new IllegalArgumentException(SETTING + ": '" + name
                        + "' is no host name; write names such as files.example.com or *.example.com with commas"
                        + " between, without ports, or * for any");
            }
        }
        return new HostNames(names, List.of(ownUrl));
    }

    /**
     * A host and its port, as they stand in a Host header or a URL.
     *
     * @param host in lower case, without a dot at its end
     * @param port empty when it is that of the scheme
     */
    record Authority(String host, Optional<Integer> port) {
        /** Of an absolute URL, or of an Origin header; empty when it has none. */
        static Optional<Authority> ofUrl(String url) {
            int begin = url.indexOf(SCHEME_END);
            return begin < 0
                    ? Optional.empty()
                    : parse(url.substring(begin + SCHEME_END.length()).replaceFirst("/.*", ""));
        }

        /** Empty for what is none. */
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

    /** True when the server is to answer to this host. */
    boolean answersTo(String host) {
        return IP_V4.matcher(host).matches()
                || IP_V6.matcher(host).matches()
                || host.equals(LOCALHOST)
                // Browsers never ask the name system for these (RFC 6761).
                || host.endsWith("." + LOCALHOST)
                || own.contains(host)
                || listed.contains(ANY)
                || isListed(host);
    }

    /** True when an operator has written down this very name, or one that it lies below. */
    boolean isListed(String host) {
        return listed.contains(host)
                || listed.stream().anyMatch(name -> name.startsWith("*.") && host.endsWith(name.substring(1)));
    }
}
