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
import org.craq.wire.content.Checksum;

/**
 * Restores damaged or missing chunks from another member of the chain and writes them to the disk again. Readers, the
 * scrub and compaction report here what they could not read.
 */
public final class ChunkRepair {
    private static final Logger LOG = System.getLogger(ChunkRepair.class.getName());
    /** Suspects remembered at once; the next scrub finds any others. */
    private static final int MAX_SUSPECTS = 1024;

    /** Failures that end one round of {@link #retry}, as other members may be out of reach. */
    private static final int MAX_FAILURES = 8;

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
     * Totals since the start.
     *
     * @param damaged chunks found damaged or missing
     * @param repaired chunks restored
     * @param waiting chunks that no other member could supply yet; they are tried again
     */
    public record Counts(long damaged, long repaired, int waiting) {}

    private record Suspect(ContentId content, int index) {}

    public Counts counts() {
        synchronized (suspects) {
            return new Counts(damaged.get(), repaired.get(), suspects.size());
        }
    }

    /**
     * Returns the correct bytes of a chunk that could not be read: from where it has moved to, or from another member,
     * in which case they are also written here again. Empty when nothing refers to the chunk any more, or when no other
     * member can supply it now.
     */
    public Optional<ByteBuffer> restore(ContentId content, int number) {
        return restore(content, number, Optional.empty());
    }

    /** @param spares where to look before asking other members; only for callers that can wait */
    private Optional<ByteBuffer> restore(ContentId content, int number, Optional<SetAside> spares) {
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
        suspect(content, number);
        Optional<ByteBuffer> bytes = spares.flatMap(aside -> aside.spare(chunk))
                .flatMap(store::check)
                .or(() -> replicas.fetch(chunk))
                .filter(found -> matches(chunk, found));
        if (bytes.isEmpty()) {
            LOG.log(Level.DEBUG, "no other member can supply {0} now", chunk);
        } else if (rewrite(chunk, bytes.get())) {
            LOG.log(Level.WARNING, "{0} was damaged or missing; it has been repaired", chunk);
            repaired.incrementAndGet();
            forget(content, number);
        }
        return bytes;
    }

    private static boolean matches(StoredChunk chunk, ByteBuffer bytes) {
        return bytes.remaining() == chunk.location().length()
                && Checksum.of(bytes) == chunk.location().crc32c();
    }

    /**
     * Writes a chunk again; the reader is served whether or not this succeeds. Synchronized, so that no chunk is
     * rewritten twice.
     */
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
            LOG.log(Level.WARNING, "the repaired bytes of a chunk could not be written: " + chunk, e);
            return false;
        }
    }

    /** Remembers a chunk that could not be read, until it is repaired. */
    public void suspect(ContentId content, int number) {
        synchronized (suspects) {
            if (suspects.size() < MAX_SUSPECTS && suspects.add(new Suspect(content, number))) {
                damaged.incrementAndGet();
                LOG.log(Level.ERROR, "chunk {0} of content {1} is damaged or missing", number, content);
            }
        }
    }

    private void forget(ContentId content, int number) {
        synchronized (suspects) {
            suspects.remove(new Suspect(content, number));
        }
    }

    /**
     * Retries the repairs that have failed so far. After some failures the rest wait for the next round, in which they
     * come first.
     */
    void retry() {
        List<Suspect> again;
        synchronized (suspects) {
            again = new ArrayList<>(suspects);
        }
        int failures = 0;
        for (Suspect suspect : again) {
            restore(suspect.content(), suspect.index(), Optional.of(store.setAside()));
            if (postpone(suspect) && ++failures == MAX_FAILURES) {
                return;
            }
        }
    }

    /** Moves a suspect behind the others; false when it is no suspect any more. */
    private boolean postpone(Suspect suspect) {
        synchronized (suspects) {
            return suspects.remove(suspect) && suspects.add(suspect);
        }
    }
}
