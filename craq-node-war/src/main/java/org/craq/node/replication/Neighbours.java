package org.craq.node.replication;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.craq.core.chain.Chain;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.Member;
import org.craq.core.file.ContentId;
import org.craq.node.metadata.ReplicaLife;
import org.craq.node.metrics.NodeMeters;
import org.craq.node.store.ChunkStore;
import org.craq.node.store.StagedContent;
import org.craq.wire.content.ContentAddress;
import org.craq.wire.content.ContentBytes;
import org.craq.wire.v1.Envelope;
import org.craq.wire.v1.PushStart;
import org.craq.wire.v1.ReplicationGrpc;

/**
 * The other members of the chain, as seen by one incarnation of this node in its current epoch: where contents are pushed to and fetched
 * from.
 */
public final class Neighbours {
    private static final Logger LOG = System.getLogger(Neighbours.class.getName());
    /** Limit for carried contents that are not stored yet; beyond it, further ones are fetched when their entry is applied. */
    private static final long MOST_STORING_BYTES = 8 << 20;

    /** A content with a shorter first chunk is pushed over gRPC, because a push over the content port occupies a thread. */
    private static final int LEAST_OVER_PORT = 256 << 10;

    private final ReplicaLife self;
    private final Peers peers;
    private final ChunkStore store;
    private final Supplier<MemberView> view;
    private final Executor storers;
    private final NodeMeters meters;
    private final PushConnections connections;
    private volatile Optional<SuccessorPort> reported = Optional.empty();
    private final SuccessorSpace room = new SuccessorSpace(System::nanoTime);
    private final CarriedContents carried = new CarriedContents();
    private final AtomicLong storing = new AtomicLong();

    /** A content port that a successor has reported. */
    private record SuccessorPort(Incarnation successor, ContentAddress port) {}

    Neighbours(
            ReplicaLife self,
            Peers peers,
            PushConnections connections,
            ChunkStore store,
            Executor storers,
            NodeMeters meters,
            Supplier<MemberView> view) {
        this.self = self;
        this.peers = peers;
        this.connections = connections;
        this.store = store;
        this.storers = storers;
        this.meters = meters;
        this.view = view;
    }

    /**
     * Begins to receive a content that a client sends to this head. It is pushed, unless it is small and the successor is known to have
     * disk space: then it travels with its entry.
     */
    public ContentRelay upload(ContentId id) {
        room.check();
        return new ContentRelay(
                store.stage(id), first -> push(id, first), room.sure() ? Optional.of(carried) : Optional.empty());
    }

    /** Begins to receive a content that the predecessor pushes. */
    ContentRelay relay(ContentId id) {
        room.check();
        return new ContentRelay(store.stage(id), first -> push(id, first), Optional.empty());
    }

    /** Takes a content that arrived with its entry: it is stored, and travels on with the entry. If storing fails it is fetched later. */
    void received(Carried content) {
        ContentId id = content.id();
        if (view.get().chain().flatMap(now -> now.successor(self.node())).isPresent()) {
            carried.offer(id, content.data(), content.crc32c());
        }
        int size = content.data().size();
        if (storing.addAndGet(size) > MOST_STORING_BYTES) {
            storing.addAndGet(-size);
            return;
        }
        try {
            StagedContent staged = store.stage(id);
            storers.execute(() -> store(staged, content));
        } catch (RuntimeException e) {
            storing.addAndGet(-size);
            LOG.log(Level.DEBUG, "content {0} can''t be stored and will be fetched: {1}", id, e.getMessage());
        }
    }

    private void store(StagedContent staged, Carried content) {
        try {
            staged.append(ContentBytes.of(content.data()), content.crc32c());
            meters.pushed(content.data().size());
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "content {0} can''t be stored and will be fetched: {1}", staged.id(), e.getMessage());
            staged.discard();
        } finally {
            storing.addAndGet(-content.data().size());
        }
    }

    /** Returns the small contents that travel with their entries. */
    CarriedContents carried() {
        return carried;
    }

    /** Records the content port that the successor reported. */
    void successorPort(Incarnation successor, ContentAddress contentPort) {
        reported = Optional.of(new SuccessorPort(successor, contentPort));
    }

    private boolean reachesPort(Member to) {
        return reported.filter(known -> known.successor().equals(to.incarnation()))
                .filter(known -> connections.reaches(to, known.port()))
                .isPresent();
    }

    /**
     * Begins a push to the successor; empty if there is none, or if it is a learner. Learners fetch instead: a push to a slow learner would
     * hold up every write.
     */
    private Optional<PushSender> push(ContentId id, int firstBytes) {
        return view.get()
                .chain()
                .flatMap(now -> now.successor(self.node())
                        .filter(member -> !now.learners().contains(member)))
                .map(member -> push(member, id, firstBytes));
    }

    private PushSender push(Member to, ContentId id, int firstBytes) {
        PushStart start = PushStart.newBuilder()
                .setEnvelope(envelope(view.get().report().epoch(), to))
                .setChunkId(id.toString())
                .build();
        Optional<PushSender> overPort =
                firstBytes >= LEAST_OVER_PORT && reachesPort(to) ? connections.push(to, start, room) : Optional.empty();
        return overPort.orElseGet(() -> new GrpcPushSender(ReplicationGrpc.newStub(peers.to(to)), start, room));
    }

    /** Returns the predecessor, to fetch from; empty at the head. */
    Optional<Neighbour> predecessor() {
        MemberView now = view.get();
        return now.chain().flatMap(current -> current.predecessor(self.node())).map(member -> neighbour(now, member));
    }

    /** Returns the other complete members, each with an envelope for requests to it. */
    List<Neighbour> others() {
        MemberView now = view.get();
        return now.chain().map(Chain::members).orElse(List.of()).stream()
                .filter(member -> member.complete() && !member.node().equals(self.node()))
                .map(member -> neighbour(now, member))
                .toList();
    }

    private Neighbour neighbour(MemberView now, Member member) {
        return new Neighbour(member, envelope(now.report().epoch(), member));
    }

    Envelope envelope(Epoch epoch, Member to) {
        return Envelope.newBuilder()
                .setChainId(self.chain().value())
                .setEpoch(epoch.value())
                .setFrom(self.node().value())
                .setFromIncarnation(self.incarnation().toString())
                .setToIncarnation(to.incarnation().toString())
                .build();
    }
}
