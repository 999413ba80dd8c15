package org.craq.node.store;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.craq.core.file.ContentId;

/**
 * Gives a damaged or missing chunk its bytes back from another member of the chain, and writes them anew. Readers, the scrub and
 * compaction come here with what they could not read.
 */
public final class ChunkRepair {
    private static final Logger LOG = System.getLogger(ChunkRepair.class.getName());
    /** More than these the scrub finds again by itself. */
    private static final int MAX_SUSPECTS = 1024;

    private final ChunkStore store;
    private final ChunkIndex index;
    private final Replicas replicas;
    private final Set<Suspect> suspects = new LinkedHashSet<>();
    private final AtomicLong damaged = new AtomicLong();
    private final AtomicLong repaired = new AtomicLong();

    public ChunkRepair(ChunkStore store, ChunkIndex index, Replicas replicas) {
        this.store = store;
        this.index = index;
        this.replicas = replicas;
    }

    /**
     * What was found and mended since the start.
     *
     * @param damaged chunks found damaged or missing, each time they were
     * @param waiting chunks that no other member could give yet; tried again
     */
    public record Counts(long damaged, long repaired, int waiting) {}

    private record Suspect(ContentId content, int index) {}

    public Counts counts() {
        synchronized (suspects) {
            return new Counts(damaged.get(), repaired.get(), suspects.size());
        }
    }

    /**
     * The right bytes of a chunk that could not be read: from where it has moved to, or from another member, in which case it is
     * written anew. Empty when nobody refers to it any more, or when no other member has it now.
     */
    public Optional<ByteBuffer> restore(ContentId content, int number) {
        Optional<StoredChunk> now = index.find(content, number);
        if (now.isEmpty()) {
            forget(content, number);
            return Optional.empty();
        }
        StoredChunk chunk = now.get();
        Optional<ByteBuffer> sound = store.check(chunk);
        if (sound.isPresent()) {
            forget(content, number);
            return sound;
        }
        damaged.incrementAndGet();
        Optional<ByteBuffer> bytes = replicas.fetch(chunk).filter(fetched -> matches(chunk, fetched));
        if (bytes.isEmpty()) {
            LOG.log(Level.ERROR, "{0} is damaged or missing, and no other member gives it now", chunk);
            suspect(content, number);
        } else if (rewrite(chunk, bytes.get())) {
            LOG.log(Level.WARNING, "{0} was damaged or missing; it was fetched from another member", chunk);
            repaired.incrementAndGet();
            forget(content, number);
        }
        return bytes;
    }

    private static boolean matches(StoredChunk chunk, ByteBuffer bytes) {
        return bytes.remaining() == chunk.location().length()
                && Checksum.of(bytes) == chunk.location().crc32c();
    }

    /** The reader is served whether or not this succeeds; one at a time, so that one chunk is not written anew twice. */
    private synchronized boolean rewrite(StoredChunk chunk, ByteBuffer bytes) {
        try {
            if (!index.find(chunk.content(), chunk.index()).equals(Optional.of(chunk))) {
                return false;
            }
            try (Relocation relocation = store.relocation()) {
                ChunkLocation place = relocation.copy(chunk, bytes);
                relocation.force();
                relocation.move(index, List.of(new ChunkIndex.Move(chunk, place)));
            }
            return true;
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "a chunk that was fetched could not be written anew: " + chunk, e);
            suspect(chunk.content(), chunk.index());
            return false;
        }
    }

    /** Somebody could not read this chunk and can't wait for its repair. */
    public void suspect(ContentId content, int number) {
        synchronized (suspects) {
            if (suspects.size() < MAX_SUSPECTS) {
                suspects.add(new Suspect(content, number));
            }
        }
    }

    private void forget(ContentId content, int number) {
        synchronized (suspects) {
            suspects.remove(new Suspect(content, number));
        }
    }

    /** Tries once more what could not be repaired yet. */
    void retry() {
        List<Suspect> again;
        synchronized (suspects) {
            again = new ArrayList<>(suspects);
        }
        again.forEach(suspect -> restore(suspect.content(), suspect.index()));
    }
}
