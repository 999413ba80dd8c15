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
 * Gives a damaged or missing chunk its bytes back from another member of the chain, and writes them anew. Readers, the scrub and
 * compaction come here with what they could not read.
 */
public final class ChunkRepair {
    private static final Logger LOG = System.getLogger(ChunkRepair.class.getName());
    /** More than these the scrub finds again by itself. */
    private static final int MAX_SUSPECTS = 1024;

    /** In one round of {@link #retry}: other members may be out of reach. */
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
     * What was found and mended since the start.
     *
     * @param damaged chunks found damaged or missing
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
        return restore(content, number, Optional.empty());
    }

    /** @param spares where else to look, before others are asked; only for whoever can wait */
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
            LOG.log(Level.DEBUG, "no other member gives {0} now", chunk);
        } else if (rewrite(chunk, bytes.get())) {
            LOG.log(Level.WARNING, "{0} was damaged or missing; it has its bytes again", chunk);
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
            return false;
        }
    }

    /** Keeps in mind a chunk that could not be read, until it is repaired. */
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

    /** Tries once more what could not be repaired yet; after some failures the others wait for the next time, and come first then. */
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

    /** False when it is none any more. */
    private boolean postpone(Suspect suspect) {
        synchronized (suspects) {
            return suspects.remove(suspect) && suspects.add(suspect);
        }
    }
}
