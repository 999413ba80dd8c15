package org.craq.node.metadata;

import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import jakarta.persistence.TypedQuery;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Seq;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;

/**
 * Finds and deletes the rows that a log need not have any more, for many files at a time. Used within one transaction.
 */
final class OutdatedRows {
    private static final int NAMES_AT_ONCE = 1024;

    private final EntityManager em;
    private final ReplicaLife owner;

    OutdatedRows(EntityManager em, ReplicaLife owner) {
        this.em = em;
        this.owner = owner;
    }

    /** Implements {@link RetentionTable#outdated}, for a page of the log that names these files. */
    Outdated find(Seq from, Seq to, Set<String> files, Seq upTo, int keep) {
        List<String> notes = files.stream().filter(DeletedVersion::isNote).toList();
        Set<String> needless = notes.isEmpty() ? new LinkedHashSet<>() : withoutVersion(notes, upTo);
        Set<String> whole = new LinkedHashSet<>();
        Map<String, Long> lasts = new HashMap<>();
        deletedOrMany(files, upTo, keep, whole, lasts);
        Set<UUID> contents = new LinkedHashSet<>();
        Rows.inParts(List.copyOf(whole), RetentionTable.FILES_AT_ONCE, names -> {
            contents.addAll(contents(names, upTo.value()));
            needless.addAll(notes(names, upTo.value()));
        });
        lasts.forEach((name, last) -> {
            contents.addAll(contents(List.of(name), last));
            needless.addAll(notes(List.of(name), last));
        });
        Rows.inParts(List.copyOf(needless), NAMES_AT_ONCE, names -> whole.addAll(there(names, upTo)));
        return new Outdated(from, to, upTo, notes, whole, lasts, contents);
    }

    /** Deletes what {@link #find} found. */
    void delete(Outdated outdated) {
        Rows.inParts(
                List.copyOf(outdated.whole()),
                NAMES_AT_ONCE,
                names -> delete(names, outdated.mark().value()));
        outdated.lasts().forEach((name, last) -> delete(List.of(name), last));
    }

    private void delete(List<String> names, long upTo) {
        em.createQuery("delete" + RetentionTable.OF_FILES)
                .setParameter("node", owner.node().value())
                .setParameter("chain", owner.chain().value())
                .setParameter("names", Rows.padded(names))
                .setParameter("upTo", upTo)
                .executeUpdate();
    }

    /**
     * Finds those of some files that have something to forget.
     *
     * @param whole receives the files whose newest version up to the mark is a tombstone
     * @param lasts receives, for other files with more versions than are kept, the newest version that is not kept
     */
    private void deletedOrMany(Set<String> names, Seq upTo, int keep, Set<String> whole, Map<String, Long> lasts) {
        if (names.isEmpty()) {
            return;
        }
        List<String> padded = Rows.padded(List.copyOf(names));
        Query query = em.createNativeQuery(
                        "SELECT t.file_name, t.seq, t.place FROM (SELECT v.file_name, v.seq, v.deleted,"
                                + " row_number() OVER (PARTITION BY v.file_name ORDER BY v.seq DESC) AS place"
                                + " FROM file_version v WHERE v.node_id = ?1 AND v.chain_id = ?2 AND v.seq <= ?3"
                                + " AND v.file_name IN (" + Rows.places(5, padded.size()) + ")) t"
                                + " WHERE (t.place = 1 AND t.deleted) OR t.place = ?4")
                .setParameter(1, owner.node().value())
                .setParameter(2, owner.chain().value())
                .setParameter(3, upTo.value())
                .setParameter(4, keep + 1);
        Rows.bind(query, 5, padded);
        for (Object each : query.getResultList()) {
            Object[] row = (Object[]) each;
            if (((Number) row[2]).longValue() == 1) {
                whole.add((String) row[0]);
            } else {
                lasts.put((String) row[0], ((Number) row[1]).longValue());
            }
        }
        lasts.keySet().removeAll(whole);
    }

    /** Returns those of some notes whose version's row has been forgotten. */
    private Set<String> withoutVersion(List<String> notes, Seq upTo) {
        Map<String, DeletedVersion> deleted = new HashMap<>();
        query(FileVersionRow.class, "select v" + RetentionTable.OF_FILES)
                .setParameter("names", Rows.padded(notes))
                .setParameter("upTo", upTo.value())
                .getResultList()
                .forEach(row -> deleted.put(row.fileName, DeletedVersion.of(Rows.map(row.userMetadata))));
        List<Long> seqs = deleted.values().stream()
                .map(each -> each.version().seq().value())
                .distinct()
                .toList();
        Set<String> there = query(
                        Object[].class,
                        "select v.fileName, v.epoch, v.seq from FileVersionRow v where v.nodeId = :node"
                                + " and v.chainId = :chain and v.seq in :seqs")
                .setParameter("seqs", Rows.padded(seqs))
                .getResultList()
                .stream()
                .map(row -> note((String) row[0], (Long) row[1], (Long) row[2]))
                .collect(Collectors.toSet());
        Set<String> without = new LinkedHashSet<>(notes);
        without.removeAll(there);
        return without;
    }

    /** Returns the names that notes of these files' versions up to {@code last} have, if the notes exist. */
    private List<String> notes(List<String> names, long last) {
        List<String> users =
                names.stream().filter(name -> !name.startsWith(FileName.OWN)).toList();
        return users.isEmpty()
                ? List.of()
                : query(
                                Object[].class,
                                "select v.fileName, v.epoch, v.seq" + RetentionTable.OF_FILES
                                        + " and v.deleted = false")
                        .setParameter("names", Rows.padded(users))
                        .setParameter("upTo", last)
                        .getResultList()
                        .stream()
                        .map(row -> note((String) row[0], (Long) row[1], (Long) row[2]))
                        .toList();
    }

    private static String note(String name, long epoch, long seq) {
        Version version = new Version(new Epoch(epoch), new Seq(seq));
        return new DeletedVersion(new FileName(name), version).note().value();
    }

    /** Returns those of some names that have rows up to a mark. */
    private List<String> there(List<String> names, Seq upTo) {
        return query(String.class, "select distinct v.fileName" + RetentionTable.OF_FILES)
                .setParameter("names", Rows.padded(names))
                .setParameter("upTo", upTo.value())
                .getResultList();
    }

    private Set<UUID> contents(List<String> names, long last) {
        Set<UUID> contents = new LinkedHashSet<>();
        query(
                        FileVersionRow.class,
                        "select v" + RetentionTable.OF_FILES + " and v.pruned = false and v.deleted = false")
                .setParameter("names", Rows.padded(names))
                .setParameter("upTo", last)
                .getResultList()
                .forEach(version -> contents.addAll(Rows.contents(version)));
        em.clear();
        return contents;
    }

    private <T> TypedQuery<T> query(Class<T> type, String text) {
        return em.createQuery(text, type)
                .setParameter("node", owner.node().value())
                .setParameter("chain", owner.chain().value());
    }
}
