package org.craq.client.certs;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * An address under which others reach a server, as its certificate names it.
 *
 * @param text an IPv4 address, an IPv6 address without brackets, or a DNS name in lower case
 * @param address true if it is an IP address
 */
public record Host(String text, boolean address) {
    private static final String OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final Pattern IPV4 = Pattern.compile(OCTET + "(?:\\." + OCTET + "){3}");
    /** Only what looks like an address is given to the JDK's parser, which would look up anything else. */
    private static final Pattern LIKE_IPV6 = Pattern.compile("[0-9a-fA-F:][0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    private static final String LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
    private static final Pattern DNS_NAME = Pattern.compile(LABEL + "(?:\\." + LABEL + ")*");
    private static final Pattern LAST_LABEL_IS_NUMBER = Pattern.compile("(?:.*\\.)?[0-9]+");
    private static final Pattern WITH_PORT = Pattern.compile("(?:[^:]*|\\[.*]):[0-9]+");
    private static final int LONGEST_DNS_NAME = 253;

    /**
     * Reads what a user has written. Nothing is looked up.
     *
     * @throws IllegalArgumentException when it is neither an IP address nor a DNS name
     */
    public static Host of(String given) {
        boolean brackets = given.startsWith("[") && given.endsWith("]");
        String bare = brackets ? given.substring(1, given.length() - 1) : given;
        if (!brackets && IPV4.matcher(bare).matches()) {
            return address(given, bare);
        }
        if (LIKE_IPV6.matcher(bare).matches() && !WITH_PORT.matcher(given).matches()) {
            return address(given, bare);
        }
        String name = bare.toLowerCase(Locale.ROOT);
        if (brackets
                || name.length() > LONGEST_DNS_NAME
                || !DNS_NAME.matcher(name).matches()
                || LAST_LABEL_IS_NUMBER.matcher(name).matches()) {
            throw new IllegalArgumentException(problem(given));
        }
        return new Host(name, false);
    }

    private static Host address(String given, String bare) {
        InetAddress parsed;
        try {
            parsed = InetAddress.getByName(bare);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(problem(given), e);
        }
        if (parsed.isAnyLocalAddress()) {
            throw new IllegalArgumentException(
                    "'" + given + "' means all addresses of a machine; give those under which others reach the server");
        }
        return new Host(parsed.getHostAddress(), true);
    }

    private static String problem(String given) {
        if (given.contains("/")) {
            return "'" + given + "' must be an address or a name alone, such as 10.0.0.1 or n1.example";
        }
        if (given.contains("%")) {
            return "'" + given + "' has a zone, which certificates do not have; leave out everything from % on";
        }
        if (WITH_PORT.matcher(given).matches()) {
            return "'" + given + "' has a port, which certificates do not have; leave it out";
        }
        return "'" + given + "' is neither an IP address nor a DNS name; give for example 10.0.0.1, 2001:db8::1 or"
                + " n1.example (international names in their form that begins with xn--)";
    }
}
