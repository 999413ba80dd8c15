package org.craq.core.sim;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.Seq;
import org.craq.core.file.ContentId;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.core.replica.Entry;
import org.craq.core.replica.EpochTable;
import org.craq.core.replica.Restored;
import org.craq.core.replica.WriteId;

/**
 * What one machine has forced to disk and committed to its database, which outlives every crash, and the content that is
 * not forced, which does not. Stricter than reality: an entry that does not follow the last one is an error.
 */
final class Disk {
    private final List<Entry> log = new ArrayList<>();
    private final Set<ContentId> kept = new HashSet<>();
    private final Set<ContentId> forced = new HashSet<>();
    private final Set<Incarnation> writers = new HashSet<>();
    private Optional<Incarnation> writer = Optional.empty();
    private Seq commit = Seq.NONE;
    private int withContent;

    // ---- lives ----

    /** From here on only this life writes. */
    void claim(Incarnation life) {
        writer = Optional.of(life);
        writers.add(life);
    }

    boolean isOf(Incarnation life) {
        return writer.equals(Optional.of(life));
    }

    /** Every life that ever wrote here. */
    Set<Incarnation> writers() {
        return writers;
    }

    /** The machine stops: what is not forced is gone. */
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

    /** Up to here every entry is here with its content, forced. */
    Seq lastWithContent() {
        while (withContent < log.size() && forced.containsAll(Contents.of(log.get(withContent)))) {
            withContent++;
        }
        return new Seq(withContent);
    }

    // ---- log ----

    Seq last() {
        return new Seq(log.size());
    }

    Optional<Version> version(Seq seq) {
        return seq.equals(Seq.NONE) || seq.isAfter(last())
                ? Optional.empty()
                : Optional.of(log.get((int) seq.value() - 1).version());
    }

    /** The whole log, oldest first. */
    List<Entry> log() {
        return List.copyOf(log);
    }

    void append(Entry entry) {
        if (!entry.seq().equals(last().next())) {
            throw new Violation("disk: entry " + entry.version() + " written behind " + last());
        }
        log.add(entry);
    }

    void truncate(Seq keep) {
        if (commit.isAfter(keep)) {
            throw new Violation("disk: dropping what is committed: " + keep + " < " + commit);
        }
        if (keep.value() < log.size()) {
            log.subList((int) keep.value(), log.size()).clear();
            withContent = Math.min(withContent, log.size());
        }
    }

    /** Saves a commit mark as far as the log reaches; old ones may come late. */
    void saveCommit(Seq mark) {
        commit = Seq.max(commit, Seq.min(mark, last()));
    }

    /** What a starting process finds. */
    Restored restored() {
        EpochTable epochs = new EpochTable();
        log.forEach(entry -> epochs.append(entry.epoch(), entry.seq()));
        return new Restored(last(), epochs.starts(), commit);
    }

    /** Birth epoch of the last entry. */
    Epoch lastEpoch() {
        return version(last()).map(Version::epoch).orElse(Epoch.NONE);
    }

    List<Entry> load(Seq from, Seq upTo, int most) {
        int end = (int) Math.min(upTo.value(), from.value() - 1 + most);
        return List.copyOf(log.subList((int) from.value() - 1, end));
    }

    Optional<Entry> newest(FileName name, Seq upTo) {
        for (int i = (int) Math.min(upTo.value(), log.size()) - 1; i >= 0; i--) {
            if (log.get(i).on(name).isPresent()) {
                return Optional.of(log.get(i));
            }
        }
        return Optional.empty();
    }

    Optional<Entry> written(WriteId id) {
        return log.stream()
                .filter(entry -> entry.operations().get(0).writeId().equals(id))
                .findFirst();
    }
}
