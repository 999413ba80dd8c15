package org.craq.wire;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/** The address by which callers are counted: of IPv6 the network, as one machine can have all addresses in it. */
public final class CallerAddress {
    private static final int NETWORK_BYTES = 8;

    private CallerAddress() {}

    /**
     * Returns an IPv4 address as it is, and of an IPv6 address its /64.
     *
     * @param text an address as a server names it, with a zone or brackets if it likes; anything else is returned as it is
     */
    public static String of(String text) {
        // Only what contains a colon is surely not looked up in the DNS.
        if (!text.contains(":")) {
            return text;
        }
        try {
            InetAddress address = InetAddress.getByName(text.replaceAll("^\\[|]$|%.*", ""));
            if (!(address instanceof Inet6Address)) {
                return address.getHostAddress();
            }
            byte[] network = address.getAddress();
            Arrays.fill(network, NETWORK_BYTES, network.length, (byte) 0);
            return InetAddress.getByAddress(network).getHostAddress() + "/64";
        } catch (UnknownHostException e) {
            return text;
        }
    }
}
