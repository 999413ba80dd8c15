package org.craq.core.sim;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.Seq;
import org.craq.core.file.ContentId;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.core.replica.Entry;
import org.craq.core.replica.EpochTable;
import org.craq.core.replica.LogBase;
import org.craq.core.replica.Operation;
import org.craq.core.replica.Restored;
import org.craq.core.replica.WriteId;

/**
 * What one machine has forced to disk and committed to its database, which survives every crash, and the content that
 * is not forced, which does not. Stricter than reality: no entry above the forgotten mark is ever missing.
 */
final class Disk {
    private final NavigableMap<Seq, Entry> rows = new TreeMap<>();
    private final Set<ContentId> kept = new HashSet<>();
    private final Set<ContentId> forced = new HashSet<>();
    private final Set<ContentId> givenUp = new HashSet<>();
    private final Set<Incarnation> writers = new HashSet<>();
    private EpochTable epochs = new EpochTable();
    private Optional<Incarnation> writer = Optional.empty();
    private Seq last = Seq.NONE;
    private Seq forgotten = Seq.NONE;
    private Seq commit = Seq.NONE;
    private Seq withContent = Seq.NONE;

    // ---- incarnations ----

    /** From now on only this incarnation may write. */
    void claim(Incarnation life) {
        writer = Optional.of(life);
        writers.add(life);
    }

    boolean isOf(Incarnation life) {
        return writer.equals(Optional.of(life));
    }

    /** Returns every incarnation that has ever written here. */
    Set<Incarnation> writers() {
        return writers;
    }

    /** The machine stops: content that is not forced is lost. */
    void crash() {
        kept.clear();
    }

    // ---- content ----

    void keep(ContentId content) {
        if (!forced.contains(content)) {
            kept.add(content);
        }
    }

    boolean has(ContentId content) {
        return forced.contains(content) || kept.contains(content);
    }

    void force(Collection<ContentId> contents) {
        forced.addAll(contents);
        kept.removeAll(contents);
    }

    /** Discards a content that is not forced; returns false if there is none. */
    boolean undo(ContentId content) {
        return kept.remove(content);
    }

    boolean holdsContent(Operation operation) {
        return Contents.of(List.of(operation)).stream().allMatch(forced::contains);
    }

    /** Prunes a content. */
    void giveUp(ContentId content) {
        givenUp.add(content);
        forced.remove(content);
    }

    boolean hasGivenUp(ContentId content) {
        return givenUp.contains(content) && !has(content);
    }

    /**
     * Returns the seq up to which every entry that is not forgotten is stored with its content, forced, unless
     * retention has pruned that.
     */
    Seq lastWithContent() {
        while (last.isAfter(withContent)) {
            Map.Entry<Seq, Entry> next = rows.higherEntry(withContent);
            if (next == null) {
                withContent = last;
            } else if (Contents.of(next.getValue()).stream()
                    .allMatch(each -> forced.contains(each) || givenUp.contains(each))) {
                withContent = next.getKey();
            } else {
                return new Seq(next.getKey().value() - 1);
            }
        }
        return withContent;
    }

    // ---- log ----

    Seq last() {
        return last;
    }

    /** Returns the seq at or below which entries may be missing. */
    Seq forgotten() {
        return forgotten;
    }

    /** Returns the version at a place in the log, even if its entry is forgotten. */
    Optional<Version> version(Seq seq) {
        return seq.equals(Seq.NONE) || seq.isAfter(last)
                ? Optional.empty()
                : Optional.of(new Version(epochs.epochOf(seq), seq));
    }

    /** Returns what is left of the log, oldest first. */
    List<Entry> rows() {
        return List.copyOf(rows.values());
    }

    /** Appends an entry; one without operations only records how far the log has come. */
    void append(Entry entry) {
        Seq seq = entry.seq();
        if (!seq.isAfter(last) || seq.isAfter(Seq.max(last, forgotten).next())) {
            throw new Violation("disk: entry " + entry.version() + " written after " + last);
        }
        if (seq.isAfter(forgotten)) {
            epochs.append(entry.epoch(), seq);
        } else if (!epochs.epochOf(seq).equals(entry.epoch())) {
            throw new Violation("disk: entry " + entry.version() + " is not that of the log's base");
        }
        if (!entry.operations().isEmpty()) {
            rows.put(seq, entry);
        }
        last = seq;
    }

    void truncate(Seq keep) {
        if (commit.isAfter(keep)) {
            throw new Violation("disk: dropping what is committed: " + keep + " < " + commit);
        }
        if (last.isAfter(keep)) {
            rows.tailMap(keep, false).clear();
            epochs.truncate(Seq.max(keep, forgotten));
            last = keep;
            withContent = Seq.min(withContent, keep);
        }
    }

    /** Drops everything, to restart from what another member has retained. */
    void clear() {
        commit = Seq.NONE;
        truncate(Seq.NONE);
    }

    /** Restarts an empty log behind the base. */
    void rebase(LogBase base) {
        if (!rows.isEmpty()) {
            throw new Violation("disk: a log with entries up to " + last + " is rebased");
        }
        lieBelow(base);
        commit = Seq.NONE;
    }

    /** Treats this log as one that is being built behind the base. */
    void lieBelow(LogBase base) {
        epochs = new EpochTable(base.epochs());
        forgotten = base.forgotten();
    }

    /** Saves a commit mark, at most up to the end of the log; old marks may arrive late. */
    void saveCommit(Seq mark) {
        commit = Seq.max(commit, Seq.min(mark, last));
    }

    /** Returns what a starting process finds. */
    Restored restored() {
        return new Restored(last, epochs.starts(), commit, forgotten);
    }

    /** Returns the epoch in which the last entry was created. */
    Epoch lastEpoch() {
        return version(last).map(Version::epoch).orElse(Epoch.NONE);
    }

    /** Returns the first of the entries that are left in this range. */
    List<Entry> load(Seq from, Seq upTo, int most) {
        return from.isAfter(upTo)
                ? List.of()
                : rows.subMap(from, true, upTo, true).values().stream()
                        .limit(most)
                        .toList();
    }

    Optional<Entry> newest(FileName name, Seq upTo) {
        return versions(name, upTo).findFirst();
    }

    /** Returns the versions of a file, newest first. */
    Stream<Entry> versions(FileName name, Seq upTo) {
        return rows.headMap(upTo, true).descendingMap().values().stream()
                .filter(entry -> entry.on(name).isPresent());
    }

    Optional<Entry> written(WriteId id) {
        return rows.values().stream()
                .filter(entry -> entry.operations().get(0).writeId().equals(id))
                .findFirst();
    }

    // ---- retention ----

    /**
     * Returns the last entry, searching upwards from the given one, before the first that is not older than the cutoff.
     */
    Seq olderThan(Seq from, long cutoffMillis) {
        return rows.tailMap(from, false).values().stream()
                .filter(entry -> entry.createdAtMillis() >= cutoffMillis)
                .findFirst()
                .map(young -> new Seq(young.seq().value() - 1))
                .orElse(last);
    }

    /** Prunes the content of a file's versions at or below the mark, except that of the newest ones. */
    void giveUp(FileName name, Seq upTo, int versions) {
        versions(name, upTo).skip(versions).toList().forEach(entry -> contentOn(name, entry));
    }

    private void contentOn(FileName name, Entry entry) {
        Contents.of(entry.on(name).stream().toList()).forEach(this::giveUp);
    }

    /** Declares that entries at or below the mark may be missing. */
    void declareForgotten(Seq upTo) {
        forgotten = Seq.max(forgotten, upTo);
        saveCommit(upTo);
    }

    /**
     * Deletes a file's versions at or below the mark except the newest ones, and all of them if the newest is a
     * tombstone.
     */
    void forget(FileName name, Seq upTo, int versions) {
        List<Entry> there = versions(name, upTo).toList();
        boolean deleted = !there.isEmpty() && there.get(0).on(name).orElseThrow() instanceof Operation.Delete;
        there.stream().skip(deleted ? 0 : versions).forEach(entry -> {
            contentOn(name, entry);
            List<Operation> rest = entry.operations().stream()
                    .filter(operation -> !operation.name().equals(name))
                    .toList();
            if (rest.isEmpty()) {
                rows.remove(entry.seq());
            } else {
                rows.put(
                        entry.seq(),
                        new Entry(entry.epoch(), entry.seq(), rest, entry.createdAtMillis(), entry.request()));
            }
        });
    }
}
