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
 * What is remembered of one member's log, in one life of the member. It never answers wrongly: it receives every entry
 * that becomes durable before anybody may read at a mark that covers the entry, and it keeps what a lookup found only
 * if no entry that the lookup can't have seen has become durable since.
 *
 * <p>The writer's methods are called by one thread at a time, in the order of the log; {@link #newest} by any thread.
 */
public final class HotLog implements AutoCloseable {
    /**
     * Names with equal hashes share a stripe; a write to one of them may keep what a lookup of another has found from
     * being remembered.
     */
    private static final int STRIPES = 4096;

    private final ConcurrentMap<Key, KnownVersions> memory;
    private volatile Stretch stretch;
    private volatile boolean closed;

    /** Keys of a past stretch are never looked up again. */
    record Key(Stretch stretch, FileName name) {}

    HotLog(ConcurrentMap<Key, KnownVersions> memory, Seq last) {
        this.memory = memory;
        this.stretch = new Stretch(last);
    }

    /** A period in which the log only grew. What is looked up in one period is never remembered in the next. */
    private static final class Stretch {
        /** For each stripe of names: no durable entry above this one touches any of them. */
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

    /** Returns the newest version of a file at a mark; empty when it is not remembered. */
    public Optional<KnownVersions.Step> newest(FileName name, Seq mark) {
        Stretch now = stretch;
        return now.reaches(mark)
                ? Optional.ofNullable(memory.get(new Key(now, name))).flatMap(known -> known.newest(mark))
                : Optional.empty();
    }

    /**
     * Looks up the newest version of a file, and remembers it.
     *
     * @param look finds the newest version at or below the mark
     */
    public Optional<FileRecord> newest(FileName name, Seq mark, Supplier<Optional<FileRecord>> look) {
        Stretch now = stretch;
        // Checked before the lookup: if true, all that the mark covers can be found.
        boolean whole = now.reaches(mark);
        Optional<FileRecord> found = look.get();
        if (whole && found.filter(FileRecord::pruned).isEmpty()) {
            memory.computeIfAbsent(
                    new Key(now, name),
                    // The writer first touches the stripe and then adds: either this sees the touch, or the writer sees
                    // what is put here.
                    key -> now.untouchedAbove(name, mark) ? KnownVersions.at(mark, found) : null);
        }
        return found;
    }

    // ---- the writer ----

    /** Receives entries that are durable, before anybody else is notified. */
    public void persisted(List<StoredEntry> batch) {
        Stretch now = stretch;
        if (closed) {
            // The stretch that close() began lacks everything that came before it.
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

    /** Forgets everything, as the log has dropped all entries above this one, and others may take their place. */
    public void cut(Seq keep) {
        Stretch former = stretch;
        stretch = new Stretch(keep);
        forget(former);
    }

    private void forget(Stretch former) {
        memory.keySet().removeIf(key -> key.stretch() == former);
    }

    /** Forgets everything, and remembers nothing from now on. May be called at any time, by any thread. */
    @Override
    public void close() {
        closed = true;
        cut(Seq.NONE);
    }
}
