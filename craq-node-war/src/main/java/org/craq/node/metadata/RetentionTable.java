package org.craq.node.metadata;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.persistence.TypedQuery;
import jakarta.transaction.Transactional;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.Seq;
import org.craq.core.file.ContentId;
import org.craq.core.file.FileName;

/**
 * What a node no longer keeps of a log. Each method is one short transaction that does a page of the work, names the life that
 * does it, and may be repeated when the outcome of its commit is not known.
 */
@ApplicationScoped
@Transactional
public class RetentionTable {
    /** Entries of the log whose files are looked at in one transaction. */
    static final int PAGE = 256;

    private static final String OF_FILE =
            " from FileVersionRow v where v.nodeId = :node and v.chainId = :chain and v.fileName = :name";
    private static final String OF_FILES = " from FileVersionRow v where v.nodeId = :node and v.chainId = :chain"
            + " and v.fileName in :names and v.seq <= :upTo";

    @PersistenceContext(unitName = "craq-node")
    EntityManager em;

    /** One life of a member. */
    public record Owner(NodeId node, ChainId chain, Incarnation incarnation) {}

    /** The last entry that is older than a time, as far as all from {@code from} on are. */
    public Seq olderThan(Owner owner, Seq from, long cutoffMillis) {
        ReplicaRow replica = fence(owner).row();
        List<Long> young = query(
                        owner,
                        Long.class,
                        "select v.seq from FileVersionRow v where v.nodeId = :node and v.chainId = :chain"
                                + " and v.seq > :from and v.createdAt >= :cutoff order by v.seq")
                // What has been forgotten was old; the rest is looked at row by row.
                .setParameter("from", Math.max(from.value(), replica.forgottenMark))
                .setParameter("cutoff", cutoffMillis)
                .setMaxResults(1)
                .getResultList();
        return new Seq(young.isEmpty() ? replica.lastSeq : young.get(0) - 1);
    }

    /**
     * Gives up the contents of versions that {@code keep} newer ones at or below {@code upTo} have followed; what readers hold
     * stays. What lies above the commit mark does not count: it may vanish again.
     *
     * @return up to where this has been done; there is more to do if that is below {@code upTo}
     */
    public Seq giveUp(Owner owner, Seq upTo, int keep, Predicate<ContentId> held) {
        ReplicaFence fence = fence(owner);
        ReplicaRow replica = fence.row();
        long to = Math.min(Math.min(upTo.value(), replica.lastSeq), replica.retentionMark + PAGE);
        // First, as everybody takes the replica's row before others.
        fence.moveRetention(Math.max(to, replica.retentionMark));
        Set<String> names = touched(owner, replica.retentionMark, to);
        // Of the store's own files nobody reads an old version.
        giveUp(owner, names.stream().filter(RetentionTable::own).toList(), to, 1, held);
        giveUp(owner, names.stream().filter(name -> !own(name)).toList(), to, keep, held);
        return to < upTo.value() && to < replica.lastSeq ? new Seq(to) : upTo;
    }

    private static boolean own(String name) {
        return name.startsWith(FileName.OWN);
    }

    private void giveUp(Owner owner, List<String> names, long to, int keep, Predicate<ContentId> held) {
        if (!names.isEmpty()) {
            List<String> surplus = query(
                            owner,
                            String.class,
                            "select v.fileName" + OF_FILES
                                    + " and v.pruned = false group by v.fileName having count(v.seq) > :keep")
                    .setParameter("names", names)
                    .setParameter("upTo", to)
                    .setParameter("keep", (long) keep)
                    .getResultList();
            surplus.forEach(name -> giveUp(owner, name, to, keep, held));
        }
    }

    private void giveUp(Owner owner, String name, long upTo, int keep, Predicate<ContentId> held) {
        List<FileVersionRow> versions = query(
                        owner,
                        FileVersionRow.class,
                        "select v" + OF_FILE + " and v.pruned = false and v.seq <= :upTo order by v.seq desc")
                .setParameter("name", name)
                .setParameter("upTo", upTo)
                .setMaxResults(keep + 2 * PAGE)
                .getResultList();
        int kept = Math.min(keep, versions.size());
        // What the newest versions have is not looked for again, and may be held as long as somebody likes.
        Set<UUID> needed = new HashSet<>();
        versions.subList(0, kept).forEach(version -> needed.addAll(Rows.contents(version)));
        for (FileVersionRow version : versions.subList(kept, versions.size())) {
            Set<UUID> contents = new LinkedHashSet<>(Rows.contents(version));
            contents.removeAll(needed);
            if (contents.stream().map(ContentId::new).noneMatch(held)) {
                version.pruned = true;
                leaveParts(owner, version);
                contents.forEach(content -> release(owner, content));
            }
        }
    }

    /** Whoever asks whether a content is needed has only kept versions to look at. */
    private void leaveParts(Owner owner, FileVersionRow version) {
        if (!version.parts.isEmpty()) {
            em.createNativeQuery("DELETE FROM version_part WHERE node_id = ?1 AND chain_id = ?2 AND seq = ?3"
                            + " AND file_name = ?4")
                    .setParameter(1, owner.node().value())
                    .setParameter(2, owner.chain().value())
                    .setParameter(3, version.seq)
                    .setParameter(4, version.fileName)
                    .executeUpdate();
        }
    }

    /** Notes that from now on rows at or below the mark may be missing. */
    public void declareForgotten(Owner owner, Seq upTo) {
        ReplicaFence fence = fence(owner);
        if (fence.row().forgottenMark < upTo.value()) {
            fence.moveForgotten(upTo.value());
        }
    }

    /**
     * Deletes what is not kept at or below the mark: of each file all but the newest {@code keep} versions there, and all of it if
     * the newest there is a tombstone. Contents that readers hold are left for {@link #letGo}.
     *
     * @return up to where this has been done; there is more to do if that is below {@code upTo}
     */
    public Seq forget(Owner owner, Seq upTo, int keep, Predicate<ContentId> held) {
        ReplicaFence fence = fence(owner);
        ReplicaRow replica = fence.row();
        long to = Math.min(upTo.value(), replica.forgottenDone + PAGE);
        fence.moveForgottenDone(Math.max(to, replica.forgottenDone));
        Set<String> names = touched(owner, replica.forgottenDone, to);
        if (!names.isEmpty()) {
            for (String name : deletedOrMany(owner, names, upTo, keep)) {
                forget(owner, name, upTo, keep, held);
            }
        }
        return new Seq(Math.max(to, replica.forgottenDone));
    }

    private Set<String> deletedOrMany(Owner owner, Set<String> names, Seq upTo, int keep) {
        Set<String> found = new LinkedHashSet<>(query(
                        owner,
                        String.class,
                        "select v.fileName" + OF_FILES + " group by v.fileName having count(v.seq) > :keep")
                .setParameter("names", names)
                .setParameter("upTo", upTo.value())
                .setParameter("keep", (long) keep)
                .getResultList());
        found.addAll(query(owner, String.class, "select distinct v.fileName" + OF_FILES + " and v.deleted = true")
                .setParameter("names", names)
                .setParameter("upTo", upTo.value())
                .getResultList());
        return found;
    }

    private void forget(Owner owner, String name, Seq upTo, int keep, Predicate<ContentId> held) {
        List<FileVersionRow> newest = query(
                        owner, FileVersionRow.class, "select v" + OF_FILE + " and v.seq <= :upTo order by v.seq desc")
                .setParameter("name", name)
                .setParameter("upTo", upTo.value())
                .setMaxResults(keep)
                .getResultList();
        if (newest.isEmpty()) {
            return;
        }
        boolean gone = newest.get(0).deleted;
        long last = gone ? newest.get(0).seq : newest.get(newest.size() - 1).seq - 1;
        Set<UUID> contents = new LinkedHashSet<>();
        query(
                        owner,
                        FileVersionRow.class,
                        "select v" + OF_FILE + " and v.pruned = false and v.deleted = false and v.seq <= :last")
                .setParameter("name", name)
                .setParameter("last", last)
                .getResultList()
                .forEach(version -> contents.addAll(Rows.contents(version)));
        // The rows that were read must not be taken for what is left.
        em.clear();
        em.createQuery("delete" + OF_FILE + " and v.seq <= :last")
                .setParameter("node", owner.node().value())
                .setParameter("chain", owner.chain().value())
                .setParameter("name", name)
                .setParameter("last", last)
                .executeUpdate();
        for (UUID content : contents) {
            if (held.test(new ContentId(content))) {
                leave(owner, content);
            } else {
                release(owner, content);
            }
        }
    }

    private void leave(Owner owner, UUID content) {
        em.createNativeQuery("INSERT INTO content_left (node_id, chain_id, chunk_id) VALUES (?1, ?2, ?3)"
                        + " ON CONFLICT DO NOTHING")
                .setParameter(1, owner.node().value())
                .setParameter(2, owner.chain().value())
                .setParameter(3, content)
                .executeUpdate();
    }

    /**
     * Deletes contents that were left because somebody read them, and nobody does any more.
     *
     * @return true when none is left
     */
    public boolean letGo(Owner owner, Predicate<ContentId> held) {
        // Alone from here on: what is held from now on is known to be kept, or gone.
        fence(owner).hold();
        List<?> left = em.createNativeQuery("SELECT chunk_id FROM content_left WHERE node_id = ?1 AND chain_id = ?2")
                .setParameter(1, owner.node().value())
                .setParameter(2, owner.chain().value())
                .getResultList();
        List<UUID> done = left.stream()
                .map(UUID.class::cast)
                .filter(content -> !held.test(new ContentId(content)))
                .limit(PAGE)
                .toList();
        for (UUID content : done) {
            release(owner, content);
            em.createNativeQuery("DELETE FROM content_left WHERE node_id = ?1 AND chain_id = ?2 AND chunk_id = ?3")
                    .setParameter(1, owner.node().value())
                    .setParameter(2, owner.chain().value())
                    .setParameter(3, content)
                    .executeUpdate();
        }
        return done.size() == left.size();
    }

    private Set<String> touched(Owner owner, long from, long to) {
        return new LinkedHashSet<>(query(
                        owner,
                        String.class,
                        "select v.fileName from FileVersionRow v where v.nodeId = :node and v.chainId = :chain"
                                + " and v.seq > :from and v.seq <= :to order by v.seq")
                .setParameter("from", from)
                .setParameter("to", to)
                .getResultList());
    }

    /** A content goes with the last of the versions that share it. */
    private void release(Owner owner, UUID content) {
        em.flush();
        boolean kept = !em.createNativeQuery("SELECT 1 FROM file_version v WHERE v.node_id = ?1 AND v.chunk_id = ?2"
                        + " AND v.shared AND NOT v.pruned UNION ALL SELECT 1 FROM version_part p"
                        + " JOIN file_version v ON v.node_id = p.node_id AND v.chain_id = p.chain_id AND v.seq = p.seq"
                        + " AND v.file_name = p.file_name WHERE p.node_id = ?1 AND p.chunk_id = ?2 AND NOT v.pruned"
                        + " UNION ALL SELECT 1 FROM chunk_metadata c"
                        + " JOIN file_version v ON v.node_id = c.node_id AND v.chain_id = c.chain_id AND v.seq = c.seq"
                        + " AND v.file_name = c.file_name WHERE c.node_id = ?1 AND c.chunk_id = ?2 AND c.idx = 0"
                        + " AND NOT v.pruned LIMIT 1")
                .setParameter(1, owner.node().value())
                .setParameter(2, content)
                .getResultList()
                .isEmpty();
        if (!kept) {
            deleteChunks(owner, content);
        }
    }

    private void deleteChunks(Owner owner, UUID content) {
        em.createQuery("delete from ChunkRow c where c.nodeId = :node and c.chunkId = :content")
                .setParameter("node", owner.node().value())
                .setParameter("content", content)
                .executeUpdate();
    }

    private <T> TypedQuery<T> query(Owner owner, Class<T> type, String text) {
        return em.createQuery(text, type)
                .setParameter("node", owner.node().value())
                .setParameter("chain", owner.chain().value());
    }

    private ReplicaFence fence(Owner owner) {
        return new ReplicaFence(em, owner.node(), owner.chain(), owner.incarnation());
    }
}
