package org.craq.node.replication;

import io.grpc.StatusRuntimeException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.craq.core.chain.Member;
import org.craq.core.file.Content;
import org.craq.node.metrics.NodeMeters;
import org.craq.node.store.ChunkStore;
import org.craq.node.store.StagedContent;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.Errors;
import org.craq.wire.content.ContentArrays;
import org.craq.wire.v1.Chunk;
import org.craq.wire.v1.FetchRequest;
import org.craq.wire.v1.ReplicationGrpc;

/**
 * Ensures that all chunks of a content are on this node. Waits for the push while it makes progress, and then fetches what is missing
 * from the predecessor. A node that has lost its metadata first looks in its own segments. Push is the fast path, fetch is the
 * guarantee.
 */
final class ContentSource implements FetchAhead.Source {
    private static final Logger LOG = System.getLogger(ContentSource.class.getName());
    /** A push that delivers no bytes for this long is abandoned. */
    private static final Duration PUSH_PATIENCE = Duration.ofSeconds(4);

    private static final long FETCH_DEADLINE_SECONDS = 30;
    /** Chunks per call, so that the deadline limits the time without progress and not that for a whole file. */
    private static final int FETCH_CHUNKS = 16;

    private static final long PAUSE_MILLIS = 200;

    private final ChunkStore store;
    private final Peers peers;
    private final Supplier<Optional<Neighbour>> predecessor;
    private final NodeMeters meters;
    private final long pushPatience;

    ContentSource(ChunkStore store, Peers peers, Supplier<Optional<Neighbour>> predecessor, NodeMeters meters) {
        this(store, peers, predecessor, meters, PUSH_PATIENCE);
    }

    ContentSource(
            ChunkStore store,
            Peers peers,
            Supplier<Optional<Neighbour>> predecessor,
            NodeMeters meters,
            Duration pushPatience) {
        this.pushPatience = pushPatience.toNanos();
        this.store = store;
        this.peers = peers;
        this.predecessor = predecessor;
        this.meters = meters;
    }

    @Override
    public boolean lacks(Content content) {
        return store.staged(content.id()).isEmpty();
    }

    @Override
    public void tryFetch(MissingContent wanted) {
        Content content = wanted.content();
        try {
            // Its entry may have been dropped in the meantime; if the content is still needed, it is expected again.
            store.salvage(content)
                    .or(() -> predecessor.get().map(from -> fetch(wanted, from)))
                    .ifPresent(StagedContent::unexpect);
        } catch (StatusRuntimeException | CraqException e) {
            LOG.log(Level.DEBUG, "fetching content {0} ahead failed: {1}", content.id(), e.getMessage());
        }
    }

    /** Waits until every chunk is stored, though not yet forced. Returns empty as soon as {@code enough} is true. */
    @Override
    public Optional<StagedContent> obtain(MissingContent wanted, BooleanSupplier enough) throws InterruptedException {
        Content content = wanted.content();
        while (!enough.getAsBoolean()) {
            Optional<StagedContent> staged = store.staged(content.id());
            if (staged.isPresent() && pushed(staged.get(), content.chunks(), enough)) {
                return staged;
            }
            staged.ifPresent(StagedContent::discard);
            Optional<StagedContent> own = store.salvage(content);
            if (own.isPresent()) {
                return own;
            }
            Optional<Neighbour> from = predecessor.get();
            try {
                if (from.isPresent()) {
                    return Optional.of(fetch(wanted, from.get()));
                }
                LOG.log(Level.ERROR, "content {0} is missing, and a head has no node to fetch it from", content.id());
            } catch (StatusRuntimeException | CraqException e) {
                if (Errors.classify(e).code() == ErrorCode.VERSION_PRUNED) {
                    throw new CraqException(
                            ErrorCode.VERSION_PRUNED, "content " + content.id() + " has been pruned", e);
                }
                LOG.log(Level.WARNING, "fetching content " + content.id() + " failed; trying again: " + e.getMessage());
            }
            Thread.sleep(PAUSE_MILLIS);
        }
        return Optional.empty();
    }

    /** Waits for a push. Returns false when it has stopped, which is certain once the chain has another predecessor for this node. */
    private boolean pushed(StagedContent staged, int chunks, BooleanSupplier enough) throws InterruptedException {
        CompletableFuture<Boolean> complete = staged.holds(chunks);
        Optional<Member> pusher = predecessor.get().map(Neighbour::member);
        long begin = System.nanoTime();
        while (!complete.isDone() && !enough.getAsBoolean()) {
            // Progress is measured in bytes, as one chunk may take longer than the timeout over a shared link.
            long idle = staged.idleNanos();
            boolean tooLong = idle > pushPatience && System.nanoTime() - begin > pushPatience;
            boolean stands = idle > TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS);
            if (tooLong || (stands && !predecessor.get().map(Neighbour::member).equals(pusher))) {
                return false;
            }
            try {
                return complete.get(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                LOG.log(Level.DEBUG, "content {0}: {1} of {2} chunks", staged.id(), staged.size(), chunks);
            } catch (ExecutionException e) {
                return false;
            }
        }
        return complete.getNow(false);
    }

    private StagedContent fetch(MissingContent wanted, Neighbour from) {
        Content content = wanted.content();
        StagedContent staged = store.stageForLog(content.id());
        try {
            while (staged.size() < content.chunks()) {
                int before = staged.size();
                Iterator<Chunk> chunks = ReplicationGrpc.newBlockingStub(peers.reconnectingTo(from.member()))
                        .withDeadlineAfter(FETCH_DEADLINE_SECONDS, TimeUnit.SECONDS)
                        .fetch(FetchRequest.newBuilder()
                                .setEnvelope(from.envelope())
                                .setChunkId(content.id().toString())
                                .setFirstIndex(staged.size())
                                .setCount(FETCH_CHUNKS)
                                .setSeq(wanted.seq().value())
                                .build());
                while (chunks.hasNext()) {
                    Chunk chunk = chunks.next();
                    staged.append(chunk.getData().asReadOnlyByteBuffer(), chunk.getCrc32C());
                    meters.fetched(chunk.getData().size());
                    ContentArrays.giveBack(chunk.getData());
                }
                if (staged.size() == before) {
                    throw new CraqException(ErrorCode.NOT_FOUND, "the predecessor sent none of the missing chunks");
                }
            }
            return staged;
        } catch (RuntimeException e) {
            staged.discard();
            throw e;
        }
    }
}
