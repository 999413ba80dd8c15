package org.craq.node.replication;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.craq.core.chain.Chain;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.Member;
import org.craq.core.chain.NodeId;
import org.craq.core.file.ContentId;
import org.craq.node.store.ChunkStore;
import org.craq.wire.v1.Envelope;
import org.craq.wire.v1.PushStart;
import org.craq.wire.v1.ReplicationGrpc;

/** The other members of the chain as one incarnation may speak to them now: whom content is passed on to and fetched from. */
public final class Neighbours {
    private final NodeId self;
    private final ChainId chain;
    private final Incarnation incarnation;
    private final Peers peers;
    private final ChunkStore store;
    private final Supplier<MemberView> view;
    private final SuccessorRoom room = new SuccessorRoom(System::nanoTime);

    Neighbours(
            NodeId self,
            ChainId chain,
            Incarnation incarnation,
            Peers peers,
            ChunkStore store,
            Supplier<MemberView> view) {
        this.self = self;
        this.chain = chain;
        this.incarnation = incarnation;
        this.peers = peers;
        this.store = store;
        this.view = view;
    }

    /** Begins to take content that a client sends to this head, or a predecessor to its successor. */
    public ContentRelay relay(ContentId id) {
        room.check();
        // A learner fetches: were it pushed to, a slow one would hold up every write.
        Optional<PushLink> next = view.get()
                .chain()
                .flatMap(now ->
                        now.successor(self).filter(member -> !now.learners().contains(member)))
                .map(member -> push(member, id));
        try {
            return new ContentRelay(store.stage(id), next);
        } catch (RuntimeException e) {
            next.ifPresent(PushLink::cancel);
            throw e;
        }
    }

    private PushLink push(Member to, ContentId id) {
        Epoch epoch = view.get().report().epoch();
        return new PushLink(
                ReplicationGrpc.newStub(peers.channel(to.grpcAddress())),
                PushStart.newBuilder()
                        .setEnvelope(envelope(epoch, to))
                        .setChunkId(id.toString())
                        .build(),
                room);
    }

    /** The one to fetch from; a head has none. */
    Optional<Neighbour> predecessor() {
        MemberView now = view.get();
        return now.chain().flatMap(current -> current.predecessor(self)).map(member -> neighbour(now, member));
    }

    /** The other complete members, as this one may ask them. */
    List<Neighbour> others() {
        MemberView now = view.get();
        return now.chain().map(Chain::members).orElse(List.of()).stream()
                .filter(member -> member.complete() && !member.node().equals(self))
                .map(member -> neighbour(now, member))
                .toList();
    }

    private Neighbour neighbour(MemberView now, Member member) {
        return new Neighbour(member, envelope(now.report().epoch(), member));
    }

    Envelope envelope(Epoch epoch, Member to) {
        return Envelope.newBuilder()
                .setChainId(chain.value())
                .setEpoch(epoch.value())
                .setFrom(self.value())
                .setFromIncarnation(incarnation.toString())
                .setToIncarnation(to.incarnation().toString())
                .build();
    }
}
