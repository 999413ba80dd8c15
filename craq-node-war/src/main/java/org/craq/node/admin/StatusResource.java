package org.craq.node.admin;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.craq.core.chain.Chain;
import org.craq.core.chain.Role;
import org.craq.node.content.ContentPort;
import org.craq.node.replication.MemberView;
import org.craq.node.runtime.NodeRuntime;
import org.craq.node.runtime.RunningNode;
import org.craq.server.ProcessUse;
import org.craq.server.TlsStatus;
import org.craq.server.access.Needs;

/** The status of this node, for operators. */
@RequestScoped
@Needs
@Path("admin/status")
public class StatusResource {
    @Inject
    private RunningNode running;

    /**
     * Status of the node.
     *
     * @param serving true if one of its members may answer now
     * @param trouble what is wrong; empty when nothing is
     * @param contentPort the port over which contents bypass gRPC; 0 if there is none
     * @param contentMode how contents travel there, {@code secure} or {@code crc}; empty if there is no such port
     * @param uploads number of uploads in progress
     * @param storedBytes bytes in the chunk store's segments
     * @param processCpuSeconds CPU time of the server process since it started
     * @param heapUsedBytes used bytes of the server's heap, including garbage
     * @param storage details of the chunk store
     * @param tls its certificates; null if it has none
     */
    public record NodeStatus(
            String nodeId,
            String incarnation,
            boolean serving,
            String trouble,
            String grpcAddress,
            String httpUrl,
            int contentPort,
            String contentMode,
            int uploads,
            long storedBytes,
            long pid,
            double processCpuSeconds,
            long heapUsedBytes,
            StorageStatus storage,
            TlsStatus tls,
            List<MemberStatus> chains) {}

    /**
     * Status of one member of this node.
     *
     * @param role empty while it acts in no epoch
     * @param lag number of entries that are not clean yet, as far as this member knows
     * @param forgottenMark retention has removed tombstones and pruned versions up to this mark
     * @param leaseMillis remaining time of the lease
     * @param members ids of the chain's nodes, head first
     */
    public record MemberStatus(
            String chainId,
            long epoch,
            String role,
            boolean serving,
            boolean complete,
            long lastSeq,
            long durableMark,
            long preparedMark,
            long commitMark,
            long lag,
            long forgottenMark,
            long leaseMillis,
            List<String> members) {}

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public NodeStatus status() {
        NodeRuntime node = running.node();
        ProcessUse use = ProcessUse.now();
        StorageStatus storage = StorageStatus.of(node.storage());
        return new NodeStatus(
                node.config().id().value(),
                node.members().incarnation().toString(),
                node.serves(),
                node.members().failure().orElseGet(() -> node.manager().trouble()),
                node.config().grpcAddress(),
                node.config().httpUrl(),
                node.contentPort().map(ContentPort::port).orElse(0),
                node.contentPort().map(port -> node.contentMode().toString()).orElse(""),
                node.uploads().size(),
                storage.storedBytes(),
                use.pid(),
                use.processCpuSeconds(),
                use.heapUsedBytes(),
                storage,
                node.tls().map(TlsStatus::of).orElse(null),
                node.members().drivers().values().stream()
                        .map(driver -> member(node, driver.view()))
                        .toList());
    }

    private static MemberStatus member(NodeRuntime node, MemberView view) {
        long lease = view.servesUntil().isPresent()
                ? Math.max(0, (view.servesUntil().getAsLong() - System.nanoTime()) / 1_000_000)
                : 0;
        return new MemberStatus(
                view.report().chain().value(),
                view.report().epoch().value(),
                view.chain()
                        .flatMap(chain -> chain.role(node.config().id()))
                        .map(Role::name)
                        .orElse(""),
                view.serves(),
                view.report().complete(),
                view.report().last().value(),
                view.durable().value(),
                view.report().prepared().value(),
                view.report().commit().value(),
                view.report().last().value() - view.report().commit().value(),
                view.forgotten().value(),
                lease,
                view.chain().map(Chain::members).orElse(List.of()).stream()
                        .map(member -> member.node().value())
                        .toList());
    }
}
