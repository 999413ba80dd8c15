package org.craq.cluster.cli;

import com.google.gson.JsonElement;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.craq.cluster.ClusterStatus;
import org.craq.cluster.LocalCluster;
import org.craq.cluster.ServerStatus;
import org.craq.cluster.SpareNodes;
import org.craq.cluster.StatusPage;

/**
 * The state of a cluster on this machine: its processes, and what its servers report. These records are also the JSON
 * output that scripts read: fields may be added, but not changed. Unknown values are null.
 *
 * @param healthy every process is up, and every node serves or is a spare node
 * @param manager the first of the managers
 */
record ClusterReport(
        boolean healthy,
        Path data,
        List<Chain> chains,
        Server manager,
        List<Server> managers,
        List<Node> nodes,
        Database database) {
    record Chain(String chainId, Long epoch, String note, List<Member> members) {}

    /** A member of the chain; members are listed head first, the role is in lower case. */
    record Member(String nodeId, String role, Boolean complete) {}

    /** A manager. */
    record Server(
            String id,
            Long pid,
            boolean answers,
            boolean leading,
            String httpUrl,
            String grpcAddress,
            Certificates certificates) {}

    /**
     * The certificates of a server.
     *
     * @param expires when its own expires
     * @param authoritiesExpire when the last of the authorities that it trusts expires
     * @param reloadFailure why its changed files can't be used; empty if they are in use
     */
    record Certificates(String expires, String authoritiesExpire, String reloadFailure) {
        private static Certificates of(JsonElement page) {
            return JsonFields.find(page, "tls")
                    .filter(tls -> JsonFields.text(tls, "certificateExpires").isPresent())
                    .map(tls -> new Certificates(
                            JsonFields.text(tls, "certificateExpires").orElse(null),
                            JsonFields.text(tls, "authoritiesExpire").orElse(null),
                            JsonFields.text(tls, "reloadFailure").orElse("")))
                    .orElse(null);
        }
    }

    /**
     * A node.
     *
     * @param spare true if no chain needs the node at the moment
     */
    record Node(
            String nodeId,
            String role,
            Long pid,
            boolean serving,
            boolean spare,
            Long lastSeq,
            Long commitMark,
            String httpUrl,
            String grpcAddress,
            Certificates certificates) {}

    record Database(Long pid, int port) {}

    static ClusterReport of(LocalCluster cluster) {
        ClusterStatus status = cluster.status();
        StatusPage pages = new StatusPage(cluster.http(), cluster.authorization());
        boolean encrypted = cluster.authorities().isPresent();
        List<Server> managers = status.servers().stream()
                .filter(ServerStatus::manager)
                .map(server -> manager(
                        server,
                        page(pages, server, "/v1/admin/managers"),
                        encrypted ? page(pages, server, "/v1/admin/status") : Optional.empty()))
                .toList();
        Optional<JsonElement> page = status.servers().stream()
                .filter(ServerStatus::manager)
                .flatMap(server -> page(pages, server, "/v1/admin/chains").stream())
                .findFirst();
        List<Chain> chains = page.map(ClusterReport::chains).orElse(List.of());
        List<Node> nodes = status.servers().stream()
                .filter(server -> !server.manager())
                .map(server -> node(
                        server,
                        page(pages, server, "/v1/admin/status"),
                        chains,
                        page.filter(json -> SpareNodes.isSpare(json, server.id()))
                                .isPresent()))
                .toList();
        boolean healthy = page.isPresent()
                && managers.stream().allMatch(Server::answers)
                && status.databasePid().isPresent()
                && nodes.stream().allMatch(node -> node.serving() || (node.spare() && node.pid() != null));
        return new ClusterReport(
                healthy,
                status.data(),
                chains,
                managers.get(0),
                managers,
                nodes,
                new Database(status.databasePid().orElse(null), status.databasePort()));
    }

    private static Optional<JsonElement> page(StatusPage pages, ServerStatus server, String path) {
        return server.up() ? pages.get(server.httpUrl(), path) : Optional.empty();
    }

    private static Server manager(ServerStatus server, Optional<JsonElement> page, Optional<JsonElement> ownStatus) {
        return new Server(
                server.id(),
                server.pid().orElse(null),
                page.isPresent(),
                page.flatMap(json -> JsonFields.find(json, "leading"))
                        .map(JsonElement::getAsBoolean)
                        .orElse(false),
                server.httpUrl(),
                server.grpcAddress(),
                ownStatus.map(Certificates::of).orElse(null));
    }

    private static Node node(ServerStatus server, Optional<JsonElement> page, List<Chain> chains, boolean spare) {
        return new Node(
                server.id(),
                role(server.id(), chains).orElse(null),
                server.pid().orElse(null),
                page.flatMap(json -> JsonFields.find(json, "serving"))
                        .map(JsonElement::getAsBoolean)
                        .orElse(false),
                spare,
                page.flatMap(json -> JsonFields.number(json, "lastSeq")).orElse(null),
                page.flatMap(json -> JsonFields.number(json, "commitMark")).orElse(null),
                server.httpUrl(),
                server.grpcAddress(),
                page.map(Certificates::of).orElse(null));
    }

    private static Optional<String> role(String nodeId, List<Chain> chains) {
        return chains.stream()
                .flatMap(chain -> chain.members().stream())
                .filter(member -> member.nodeId().equals(nodeId))
                .flatMap(member -> Optional.ofNullable(member.role()).stream())
                .findFirst();
    }

    private static List<Chain> chains(JsonElement page) {
        List<Chain> chains = new ArrayList<>();
        for (JsonElement chain : JsonFields.array(page, "chains")) {
            List<Member> members = new ArrayList<>();
            for (JsonElement member : JsonFields.array(chain, "members")) {
                members.add(new Member(
                        JsonFields.text(member, "nodeId").orElse("?"),
                        JsonFields.text(member, "role")
                                .map(role -> role.toLowerCase(Locale.ROOT))
                                .orElse(null),
                        JsonFields.find(member, "complete")
                                .map(JsonElement::getAsBoolean)
                                .orElse(null)));
            }
            chains.add(new Chain(
                    JsonFields.text(chain, "chainId").orElse("?"),
                    JsonFields.number(chain, "epoch").orElse(null),
                    JsonFields.text(chain, "note").orElse(null),
                    members));
        }
        return chains;
    }
}
