package org.craq.node.metadata;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Supplier;
import org.craq.core.chain.Seq;
import org.craq.core.file.FileName;
import org.craq.core.replica.Operation;

/**
 * What is remembered of one member's log, in one life of the member. It never answers wrongly, because it is told of every entry
 * that becomes durable before anybody may read at a mark that covers it, and because what a look finds is kept only if nothing has
 * become durable since that the look can't have seen.
 *
 * <p>The writer's methods come from one thread at a time, in the order of the log; {@link #newest} from any.
 */
public final class HotLog implements AutoCloseable {
    /** Names share a stripe by their hash; who shares one makes the other's looks be forgotten now and then. */
    private static final int STRIPES = 4096;

    private final ConcurrentMap<Key, KnownVersions> memory;
    private volatile Stretch stretch;
    private volatile boolean closed;

    /** Keys of a stretch that is over are never asked for again. */
    record Key(Stretch stretch, FileName name) {}

    HotLog(ConcurrentMap<Key, KnownVersions> memory, Seq last) {
        this.memory = memory;
        this.stretch = new Stretch(last);
    }

    /** A time in which the log only grew. What is looked up in one is never remembered in the next. */
    private static final class Stretch {
        /** By stripe of names: no entry above this one is durable that touches one of them. */
        private final AtomicLongArray touched = new AtomicLongArray(STRIPES);

        private volatile Seq durable;

        Stretch(Seq durable) {
            this.durable = durable;
            for (int i = 0; i < STRIPES; i++) {
                touched.set(i, durable.value());
            }
        }

        private static int stripe(FileName name) {
            int hash = name.hashCode();
            return (hash ^ hash >>> 16) & (STRIPES - 1);
        }

        void touch(FileName name, Seq seq) {
            touched.set(stripe(name), seq.value());
        }

        boolean untouchedAbove(FileName name, Seq mark) {
            return touched.get(stripe(name)) <= mark.value();
        }

        boolean reaches(Seq mark) {
            return !mark.isAfter(durable);
        }
    }

    // ---- readers ----

    /** The newest version of a file at a mark; empty when it is not remembered. */
    public Optional<KnownVersions.Step> newest(FileName name, Seq mark) {
        Stretch now = stretch;
        return now.reaches(mark)
                ? Optional.ofNullable(memory.get(new Key(now, name))).flatMap(known -> known.newest(mark))
                : Optional.empty();
    }

    /**
     * Looks the newest version of a file up, and remembers it.
     *
     * @param look finds the newest version at or below the mark
     */
    public Optional<FileRecord> newest(FileName name, Seq mark, Supplier<Optional<FileRecord>> look) {
        Stretch now = stretch;
        // Asked before the look: then all that the mark covers is there to be found.
        boolean whole = now.reaches(mark);
        Optional<FileRecord> found = look.get();
        if (whole && found.filter(FileRecord::pruned).isEmpty()) {
            memory.computeIfAbsent(
                    new Key(now, name),
                    // The writer touches first and then adds: either it is seen here, or it finds what is put here.
                    key -> now.untouchedAbove(name, mark) ? KnownVersions.at(mark, found) : null);
        }
        return found;
    }

    // ---- the writer ----

    /** These entries are durable; nobody has been told yet. */
    public void persisted(List<StoredEntry> batch) {
        Stretch now = stretch;
        if (closed) {
            // What is a new stretch by now lacks what came before it.
            return;
        }
        for (StoredEntry stored : batch) {
            for (Operation operation : stored.entry().operations()) {
                FileRecord file = record(stored, operation);
                now.touch(file.name(), stored.entry().seq());
                memory.compute(
                        new Key(now, file.name()),
                        (key, known) -> known == null ? KnownVersions.of(file) : known.with(file));
            }
        }
        now.durable = batch.get(batch.size() - 1).entry().seq();
    }

    private static FileRecord record(StoredEntry stored, Operation operation) {
        boolean pruned = operation instanceof Operation.Put put && stored.prunes(put);
        return FileRecord.of(stored.entry(), operation, pruned);
    }

    /** What the log held above this entry is gone, and other entries may take its place. */
    public void cut(Seq keep) {
        Stretch former = stretch;
        stretch = new Stretch(keep);
        forget(former);
    }

    private void forget(Stretch former) {
        memory.keySet().removeIf(key -> key.stretch() == former);
    }

    /** Forgets all, and remembers nothing any more. May come at any time, from any thread. */
    @Override
    public void close() {
        closed = true;
        cut(Seq.NONE);
    }
}
