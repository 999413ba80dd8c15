package org.craq.wire;

import java.util.Locale;
import java.util.regex.Pattern;

/** Tells whether a host is this machine, so that what is sent to it leaves no trace on a network. Pure; no name is looked up. */
public final class Loopback {
    private static final Pattern IPV4 = Pattern.compile("127\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}");

    private Loopback() {}

    /** Returns whether the host is written as a loopback address, or as {@code localhost} (RFC 6761). */
    public static boolean isHost(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        return name.equals("localhost")
                || name.equals("::1")
                || name.equals("[::1]")
                || IPV4.matcher(name).matches();
    }

    /** Returns whether the host of an address, host:port, is this machine. */
    public static boolean isAddress(String hostPort) {
        return isHost(hostPort.substring(0, Math.max(0, hostPort.lastIndexOf(':'))));
    }
}
