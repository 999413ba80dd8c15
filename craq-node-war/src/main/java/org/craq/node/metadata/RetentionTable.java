package org.craq.node.metadata;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.persistence.Query;
import jakarta.persistence.TypedQuery;
import jakarta.transaction.Transactional;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.craq.core.chain.Seq;
import org.craq.core.file.ContentId;
import org.craq.core.file.FileName;

/**
 * Prunes old versions and forgets old rows of a log. Each method is one short transaction that does a page of the work
 * for a given life, and may be repeated when the outcome of its commit is unknown.
 */
@ApplicationScoped
@Transactional
public class RetentionTable {
    /** Entries of the log examined in one transaction, as far as they have no more than {@link #ROWS} rows. */
    static final int PAGE = 256;

    /** Rows of a page: one entry may have hundreds, as when a folder is renamed. */
    private static final int ROWS = 1024;

    /** Files whose versions are in memory at once. */
    static final int FILES_AT_ONCE = 32;

    private static final String OF_FILE =
            " from FileVersionRow v where v.nodeId = :node and v.chainId = :chain and v.fileName = :name";
    static final String OF_FILES = " from FileVersionRow v where v.nodeId = :node and v.chainId = :chain"
            + " and v.fileName in :names and v.seq <= :upTo";

    @PersistenceContext(unitName = "craq-node")
    EntityManager em;

    /** Returns the last entry up to which, from {@code from} on, all are older than the cutoff time. */
    public Seq olderThan(ReplicaLife owner, Seq from, long cutoffMillis) {
        ReplicaRow replica = fence(owner).row();
        List<Long> young = query(
                        owner,
                        Long.class,
                        "select v.seq from FileVersionRow v where v.nodeId = :node and v.chainId = :chain"
                                + " and v.seq > :from and v.createdAt >= :cutoff order by v.seq")
                // Forgotten entries were old; the others are examined row by row.
                .setParameter("from", Math.max(from.value(), replica.forgottenMark))
                .setParameter("cutoff", cutoffMillis)
                .setMaxResults(1)
                .getResultList();
        return new Seq(young.isEmpty() ? replica.lastSeq : young.get(0) - 1);
    }

    /**
     * What can be pruned in a page of the log. Committed entries do not change, so this is determined in a transaction
     * of its own: writes wait for a transaction that changes something.
     *
     * @param from where the page begins: everything up to here has been pruned
     * @param to the page's end
     * @param done up to where everything is pruned after this page; there is more to do if this is below the requested
     *     mark
     * @param notes notes of versions that were deleted individually
     * @param firstKept for files with versions to prune, the oldest version to keep
     */
    public record Surplus(Seq from, Seq to, Seq done, List<String> notes, Map<String, Long> firstKept) {
        public Surplus {
            notes = List.copyOf(notes);
            firstKept = Map.copyOf(firstKept);
        }
    }

    /**
     * Finds the versions that {@code keep} newer ones at or below {@code upTo} have followed, and those that were
     * deleted, beginning where the last call of {@link #giveUp} stopped.
     */
    public Surplus surplus(ReplicaLife owner, Seq upTo, int keep) {
        ReplicaRow replica = fence(owner).row();
        Page page = page(owner, replica.retentionMark, Math.min(upTo.value(), replica.lastSeq));
        long to = page.to();
        Set<String> names = page.names();
        // Nobody reads old versions of the store's own files.
        Map<String, Long> firstKept = new HashMap<>(
                firstKept(owner, names.stream().filter(RetentionTable::own).toList(), to, 1));
        firstKept.putAll(
                firstKept(owner, names.stream().filter(name -> !own(name)).toList(), to, keep));
        return new Surplus(
                new Seq(replica.retentionMark),
                new Seq(to),
                to < upTo.value() && to < replica.lastSeq ? new Seq(to) : upTo,
                names.stream().filter(DeletedVersion::isNote).toList(),
                firstKept);
    }

    /**
     * Prunes versions and deletes their contents. A content that readers hold stays with its version, or, if the
     * version was deleted, is left for {@link #letGo}. Entries above the commit mark must not count, as they may still
     * be dropped.
     *
     * @return false if the log has been restarted since it was examined; nothing has changed then
     */
    public boolean giveUp(ReplicaLife owner, Surplus surplus, Predicate<ContentId> held) {
        // First, as all transactions take the replica's row before others; which contents are held is checked after it.
        if (!fence(owner).moveRetention(surplus.from().value(), surplus.to().value())) {
            return false;
        }
        Set<UUID> released = new LinkedHashSet<>();
        surplus.notes().forEach(note -> released.addAll(delete(owner, note, held)));
        List<String> files = List.copyOf(surplus.firstKept().keySet());
        Rows.inParts(files, FILES_AT_ONCE, some -> released.addAll(giveUp(owner, some, surplus, held)));
        given(owner).release(released);
        return true;
    }

    private static boolean own(String name) {
        return name.startsWith(FileName.OWN);
    }

    /**
     * Returns, for each file with versions to prune, the oldest version to keep. The newest {@code keep} versions are
     * kept even if some of them were deleted meanwhile, so that every member keeps the same ones.
     */
    private Map<String, Long> firstKept(ReplicaLife owner, List<String> names, long to, int keep) {
        if (names.isEmpty()) {
            return Map.of();
        }
        List<String> padded = Rows.padded(names);
        Query query = em.createNativeQuery("SELECT t.file_name, t.first_kept FROM (SELECT v.file_name,"
                        + " min(v.seq) AS oldest, (SELECT w.seq FROM file_version w WHERE w.node_id = ?1"
                        + " AND w.chain_id = ?2 AND w.file_name = v.file_name AND w.seq <= ?3"
                        + " ORDER BY w.seq DESC OFFSET ?4 LIMIT 1) AS first_kept FROM file_version v"
                        + " WHERE v.node_id = ?1 AND v.chain_id = ?2 AND NOT v.pruned AND v.seq <= ?3"
                        + " AND v.file_name IN (" + Rows.places(5, padded.size()) + ")"
                        + " GROUP BY v.file_name HAVING count(*) > 1) t WHERE t.oldest < t.first_kept")
                .setParameter(1, owner.node().value())
                .setParameter(2, owner.chain().value())
                .setParameter(3, to)
                .setParameter(4, keep - 1);
        Rows.bind(query, 5, padded);
        Map<String, Long> found = new HashMap<>();
        for (Object each : query.getResultList()) {
            Object[] row = (Object[]) each;
            found.put((String) row[0], ((Number) row[1]).longValue());
        }
        return found;
    }

    /** Prunes versions of some files and returns the contents to delete, unless other versions share them. */
    private Set<UUID> giveUp(ReplicaLife owner, List<String> names, Surplus surplus, Predicate<ContentId> held) {
        Map<String, List<FileVersionRow>> files = query(
                        owner,
                        FileVersionRow.class,
                        "select v" + OF_FILES + " and v.pruned = false order by v.seq desc")
                .setParameter("names", Rows.padded(names))
                .setParameter("upTo", surplus.to().value())
                .getResultList()
                .stream()
                .collect(Collectors.groupingBy(version -> version.fileName));
        Set<UUID> released = new LinkedHashSet<>();
        files.forEach((name, versions) ->
                released.addAll(giveUp(owner, versions, surplus.firstKept().get(name), held)));
        return released;
    }

    /**
     * Prunes versions of one file.
     *
     * @param versions the file's versions, newest first
     */
    private Set<UUID> giveUp(
            ReplicaLife owner, List<FileVersionRow> versions, long firstKept, Predicate<ContentId> held) {
        // What the kept versions contain stays anyway, so it does not matter whether readers hold it.
        Set<UUID> needed = new HashSet<>();
        versions.stream()
                .filter(version -> version.seq >= firstKept)
                .forEach(version -> needed.addAll(Rows.contents(version)));
        List<FileVersionRow> pruned = new ArrayList<>();
        Set<UUID> released = new LinkedHashSet<>();
        for (FileVersionRow version : versions) {
            Set<UUID> contents = new LinkedHashSet<>(Rows.contents(version));
            contents.removeAll(needed);
            if (version.seq < firstKept && contents.stream().map(ContentId::new).noneMatch(held)) {
                version.pruned = true;
                pruned.add(version);
                released.addAll(contents);
            }
        }
        FileVersionRow newest = versions.get(0);
        if (own(newest.fileName) && newest.deleted && pruned.size() == versions.size() - 1) {
            // The tombstone hides nothing any more: mark it so that listings can skip it, as there are very many
            // uploads.
            newest.pruned = true;
        }
        leaveParts(owner, pruned);
        return released;
    }

    /**
     * Prunes the version that a note names, unless that was done before, and returns its contents without those that
     * are held.
     */
    private Set<UUID> delete(ReplicaLife owner, String note, Predicate<ContentId> held) {
        Set<UUID> released = new LinkedHashSet<>();
        List<FileVersionRow> notes = query(owner, FileVersionRow.class, "select v" + OF_FILE + " order by v.seq desc")
                .setParameter("name", note)
                .setMaxResults(1)
                .getResultList();
        for (FileVersionRow row : notes) {
            DeletedVersion deleted = DeletedVersion.of(Rows.map(row.userMetadata));
            List<FileVersionRow> versions = query(
                            owner,
                            FileVersionRow.class,
                            "select v" + OF_FILE + " and v.seq = :seq and v.epoch = :epoch and v.pruned = false")
                    .setParameter("name", deleted.file().value())
                    .setParameter("seq", deleted.version().seq().value())
                    .setParameter("epoch", deleted.version().epoch().value())
                    .getResultList();
            for (FileVersionRow version : versions) {
                version.pruned = true;
                released.addAll(given(owner).unheld(Rows.contents(version), held));
            }
            leaveParts(owner, versions);
        }
        return released;
    }

    /**
     * Deletes the rows of {@code version_part} for pruned versions, so that a check whether a content is still needed
     * finds kept versions only. All versions are of one file.
     */
    private void leaveParts(ReplicaLife owner, List<FileVersionRow> versions) {
        List<Long> joined = versions.stream()
                .filter(version -> !version.parts.isEmpty())
                .map(version -> version.seq)
                .toList();
        Rows.inParts(joined, LogBatch.IDS_AT_ONCE, some -> {
            List<Long> padded = Rows.padded(some);
            Query query = em.createNativeQuery("DELETE FROM version_part WHERE node_id = ?1 AND chain_id = ?2"
                            + " AND file_name = ?3 AND seq IN (" + Rows.places(4, padded.size()) + ")")
                    .setParameter(1, owner.node().value())
                    .setParameter(2, owner.chain().value())
                    .setParameter(3, versions.get(0).fileName);
            Rows.bind(query, 4, padded);
            query.executeUpdate();
        });
    }

    /** Records that from now on rows at or below the mark may be missing. */
    public void declareForgotten(ReplicaLife owner, Seq upTo) {
        ReplicaFence fence = fence(owner);
        if (fence.row().forgottenMark < upTo.value()) {
            fence.moveForgotten(upTo.value());
        }
    }

    /**
     * Finds the rows at or below the mark that are not kept, beginning where the last call of {@link #forget} stopped:
     * of each file all but the newest {@code keep} versions there, and all of it if the newest there is a tombstone.
     * The note of a deleted version goes together with the version's row: a member that is sent one of them is sent the
     * other as well.
     */
    public Outdated outdated(ReplicaLife owner, Seq upTo, int keep) {
        ReplicaRow replica = fence(owner).row();
        Page page = page(owner, replica.forgottenDone, upTo.value());
        return new OutdatedRows(em, owner)
                .find(new Seq(replica.forgottenDone), new Seq(page.to()), page.names(), upTo, keep);
    }

    /**
     * Deletes what {@link #outdated} found. Contents that readers hold are left for {@link #letGo}.
     *
     * @return false if the log has been restarted since it was examined; nothing has changed then
     */
    public boolean forget(ReplicaLife owner, Outdated outdated, Predicate<ContentId> held) {
        if (!fence(owner)
                .moveForgottenDone(outdated.from().value(), outdated.to().value())) {
            return false;
        }
        Set<UUID> contents = new LinkedHashSet<>(outdated.contents());
        // Before the note itself is deleted.
        outdated.notes().forEach(note -> contents.addAll(delete(owner, note, held)));
        em.flush();
        new OutdatedRows(em, owner).delete(outdated);
        given(owner).releaseUnheld(contents, held);
        return true;
    }

    /**
     * Deletes contents that were left because readers held them and that nobody holds any more.
     *
     * @return true when none is left
     */
    public boolean letGo(ReplicaLife owner, Predicate<ContentId> held) {
        // Locks the row first: what is held from here on is known either to be kept or to be gone.
        fence(owner).hold();
        return given(owner).letGo(held);
    }

    /** The files that have entries after {@code from} and up to {@code to}. */
    private record Page(long to, Set<String> names) {}

    private Page page(ReplicaLife owner, long from, long last) {
        long to = Math.max(Math.min(last, from + PAGE), from);
        List<Object[]> rows = touched(owner, from, to, ROWS + 1);
        if (rows.size() > ROWS) {
            // The last entry may be incomplete, so it is left out; the first entry is read whole, however long it is.
            long first = (Long) rows.get(0)[0];
            long whole = Math.max((Long) rows.get(ROWS)[0] - 1, first);
            to = whole;
            rows = whole == first
                    ? touched(owner, from, first, Integer.MAX_VALUE)
                    : rows.stream().filter(row -> (Long) row[0] <= whole).toList();
        }
        Set<String> names = new LinkedHashSet<>();
        rows.forEach(row -> names.add((String) row[1]));
        return new Page(to, names);
    }

    private List<Object[]> touched(ReplicaLife owner, long from, long to, int most) {
        return query(
                        owner,
                        Object[].class,
                        "select v.seq, v.fileName from FileVersionRow v where v.nodeId = :node and v.chainId = :chain"
                                + " and v.seq > :from and v.seq <= :to order by v.seq")
                .setParameter("from", from)
                .setParameter("to", to)
                .setMaxResults(most)
                .getResultList();
    }

    private <T> TypedQuery<T> query(ReplicaLife owner, Class<T> type, String text) {
        return em.createQuery(text, type)
                .setParameter("node", owner.node().value())
                .setParameter("chain", owner.chain().value());
    }

    private PrunedContents given(ReplicaLife owner) {
        return new PrunedContents(em, owner);
    }

    private ReplicaFence fence(ReplicaLife owner) {
        return new ReplicaFence(em, owner);
    }
}
