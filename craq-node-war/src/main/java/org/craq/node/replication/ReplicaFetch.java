package org.craq.node.replication;

import io.grpc.StatusRuntimeException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.craq.node.store.Replicas;
import org.craq.node.store.StoredChunk;
import org.craq.wire.v1.Chunk;
import org.craq.wire.v1.FetchRequest;
import org.craq.wire.v1.ReplicationGrpc;

/** Requests a chunk's bytes from the other complete members of its chain, one after the other. */
public final class ReplicaFetch implements Replicas {
    private static final Logger LOG = System.getLogger(ReplicaFetch.class.getName());
    private static final long DEADLINE_SECONDS = 10;

    private final Members members;
    private final Peers peers;

    public ReplicaFetch(Members members, Peers peers) {
        this.members = members;
        this.peers = peers;
    }

    @Override
    public Optional<ByteBuffer> fetch(StoredChunk chunk) {
        ChainDriver driver = members.drivers().get(chunk.chain());
        if (driver == null) {
            return Optional.empty();
        }
        for (Neighbour other : driver.neighbours().others()) {
            Optional<Chunk> answer = ask(other, chunk);
            if (answer.isPresent()
                    && answer.get().getCrc32C() == chunk.location().crc32c()) {
                return answer.map(sent -> sent.getData().asReadOnlyByteBuffer());
            }
        }
        return Optional.empty();
    }

    private Optional<Chunk> ask(Neighbour other, StoredChunk chunk) {
        try {
            Iterator<Chunk> answer = ReplicationGrpc.newBlockingStub(peers.reconnectingTo(other.member()))
                    .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
                    .fetch(FetchRequest.newBuilder()
                            .setEnvelope(other.envelope())
                            .setChunkId(chunk.content().toString())
                            .setFirstIndex(chunk.index())
                            .setCount(1)
                            .build());
            return answer.hasNext() ? Optional.of(answer.next()) : Optional.empty();
        } catch (StatusRuntimeException e) {
            LOG.log(
                    Level.WARNING,
                    "member {0} did not supply {1}: {2}",
                    other.member().node(),
                    chunk,
                    e.getMessage());
            return Optional.empty();
        }
    }
}
