package org.craq.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** Checks before a server is started whether its ports are free, and if not says what to do. */
final class PortCheck {
    private PortCheck() {}

    static void requireFree(Collection<ClusterPorts.Use> uses) {
        List<ClusterPorts.Use> taken =
                uses.stream().filter(use -> !free(use.port())).toList();
        if (taken.isEmpty()) {
            return;
        }
        String ports = taken.stream()
                .map(use -> use.port() + " (" + use.purpose() + " of " + use.owner() + ")")
                .collect(Collectors.joining(", "));
        String options = taken.stream().map(ClusterPorts.Use::option).distinct().collect(Collectors.joining(", "));
        throw new ClusterException((taken.size() == 1 ? "Port " : "Ports ") + ports
                + (taken.size() == 1 ? " is" : " are")
                + " in use by another program. End that program, or choose other ports: " + options
                + ", or --port-offset N for all of them.");
    }

    private static boolean free(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            // As the servers do: a connection in TIME_WAIT does not block the port.
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
