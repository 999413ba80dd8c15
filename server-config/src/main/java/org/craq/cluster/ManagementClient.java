package org.craq.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.craq.client.FailureReason;

/**
 * Commands to application servers by WildFly's own command line. A server accepts it without a password if it can read a file that the
 * server has just made for its owner, so no password has to be kept.
 */
final class ManagementClient {
    private final Installation installation;

    ManagementClient(Installation installation) {
        this.installation = installation;
    }

    /**
     * Makes servers load their key stores again and use them for new connections.
     *
     * @throws ClusterException with what WildFly says, if one of them can't
     */
    void loadKeyStores(List<ServerSpec> servers) {
        List<String> lines = new ArrayList<>();
        for (ServerSpec server : servers) {
            lines.add("connect 127.0.0.1:" + server.management());
            lines.add("/subsystem=elytron/key-store=craq:load");
            lines.add("/subsystem=elytron/key-manager=craq:init");
        }
        run(lines);
    }

    private void run(List<String> lines) {
        try {
            Path script = Files.createTempFile("craq", ".cli");
            try {
                Files.write(script, lines);
                // Ends with a failure at the first line that fails.
                Commands.run(
                        List.of(
                                installation
                                        .wildfly()
                                        .resolve("bin/jboss-cli.sh")
                                        .toString(),
                                "--file=" + script,
                                "--timeout=20000"),
                        Map.of(
                                "JAVA_HOME",
                                System.getProperty("java.home"),
                                "JAVA_OPTS",
                                "-Xmx128m -XX:+UseSerialGC -XX:TieredStopAtLevel=1"));
            } finally {
                Files.delete(script);
            }
        } catch (IOException e) {
            throw new ClusterException(
                    "A file for the commands to the servers can't be written: " + FailureReason.ofFile(e), e);
        }
    }
}
