package org.craq.cluster;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Where the servers of a cluster listen and what starts them, where this differs from the default. With the addresses
 * of network namespaces, and commands that run a server in a namespace, each server can have its own network link.
 *
 * @param hosts by server, including {@code postgres}: the address that it listens on and under which others reach it
 * @param launchers by server: a command that is put before the server's own and replaces itself with it, as {@code
 *     nsenter} does
 */
public record Placement(Map<String, String> hosts, Map<String, String> launchers) {
    static final String LOOPBACK = "127.0.0.1";
    static final String DATABASE = "postgres";
    static final Placement USUAL = new Placement(Map.of(), Map.of());

    private static final Pattern SERVER = Pattern.compile("n[1-9][0-9]?|manager[2-5]?");
    private static final Pattern ADDRESS = Pattern.compile("[0-9]{1,3}([.][0-9]{1,3}){3}");

    public Placement {
        hosts = Map.copyOf(hosts);
        launchers = Map.copyOf(launchers);
        hosts.forEach((server, host) -> {
            if (!server.equals(DATABASE)) {
                requireServer("--host", server);
            }
            if (!ADDRESS.matcher(host).matches()) {
                throw ClusterException.wrongUsage("The host of " + server
                        + " must be an IPv4 address, for example 10.0.0.1, not '" + host + "'. Change --host.");
            }
        });
        launchers.forEach((server, launcher) -> {
            requireServer("--launcher", server);
            if (launcher.isBlank()) {
                throw ClusterException.wrongUsage("The launcher of " + server + " is empty. Change --launcher.");
            }
        });
    }

    private static void requireServer(String option, String server) {
        if (!SERVER.matcher(server).matches()) {
            throw ClusterException.wrongUsage(
                    "There is no server '" + server + "' to which this setting applies. Change " + option + ".");
        }
    }

    String host(String server) {
        return hosts.getOrDefault(server, LOOPBACK);
    }

    /** Returns the words to put before the server's command; may be empty. */
    List<String> launcher(String server) {
        String launcher = launchers.getOrDefault(server, "").strip();
        return launcher.isEmpty() ? List.of() : List.of(launcher.split(" +", -1));
    }

    /** Returns true if this process sees the same ports as the server. */
    boolean sharesPorts(String server) {
        return !launchers.containsKey(server);
    }
}
