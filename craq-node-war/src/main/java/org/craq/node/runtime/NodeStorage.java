package org.craq.node.runtime;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Supplier;
import org.craq.node.config.NodeConfig;
import org.craq.node.config.StorageConfig;
import org.craq.node.metadata.ChunkTable;
import org.craq.node.replication.Members;
import org.craq.node.store.ChunkIndex;
import org.craq.node.store.ChunkRepair;
import org.craq.node.store.ChunkStore;
import org.craq.node.store.Compactor;
import org.craq.node.store.DatabaseCheck;
import org.craq.node.store.DatabaseRefusedException;
import org.craq.node.store.DatabaseView;
import org.craq.node.store.Disk;
import org.craq.node.store.DiskReserve;
import org.craq.node.store.LocalDisk;
import org.craq.node.store.MarkKeeper;
import org.craq.node.store.Replicas;
import org.craq.node.store.Scrub;
import org.craq.node.store.Upkeep;
import org.craq.node.threads.Threads;
import org.craq.server.Sweeps;

/** A node's chunk store with all that keeps it in order. */
public final class NodeStorage implements AutoCloseable {
    private static final Logger LOG = System.getLogger(NodeStorage.class.getName());
    /** A database that is older by less than this may pass for the right one. */
    private static final Duration MARK_EVERY = Duration.ofSeconds(1);

    private final ChunkStore store;
    private final ChunkRepair repair;
    private final Compactor compactor;
    private final Scrub scrub;
    private final Upkeep upkeep;
    private final MarkKeeper mark;
    private final Sweeps sweeps;

    /**
     * A store.
     *
     * @param history the name by which its disk and its database know each other
     * @param lostLog why the node may only join a chain that others have kept; empty when it may be one of its first members
     */
    record Opened(ChunkStore store, UUID history, String lostLog) {}

    /**
     * Takes over an open store, whose upkeep begins at once.
     *
     * @param database what it knows of this node now
     */
    NodeStorage(
            Opened opened,
            ChunkIndex index,
            Replicas replicas,
            Supplier<DatabaseView> database,
            Members members,
            StorageConfig config,
            Threads threads) {
        this.store = opened.store();
        this.mark = new MarkKeeper(store, opened.history(), database, members::completeNodes);
        this.repair = new ChunkRepair(store, index, replicas);
        this.compactor = new Compactor(store, index, repair);
        this.scrub = new Scrub(store, index, repair);
        this.upkeep = new Upkeep(
                store,
                compactor,
                scrub,
                repair,
                now -> store.setAside().release(index, members.heard(), now, Instant.now(), config.setAside()),
                new Upkeep.Rates(config.compactionRate(), config.scrubRate(), StorageConfig.DEFAULT_SCRUB_RATE),
                System.nanoTime());
        this.sweeps = new Sweeps(threads.timer());
        sweeps.every(
                Duration.ofMillis(Upkeep.TICK_MILLIS),
                "the chunk store is kept in order",
                threads.data(),
                () -> upkeep.tick(System.nanoTime()));
        sweeps.every(MARK_EVERY, "the disk is told what the database knows", threads.data(), mark::look);
    }

    /**
     * First nobody else can use the directory, then the database must be the one that belongs to it, then no former life can add to the
     * metadata, then the two are compared.
     *
     * @throws DatabaseRefusedException when the database is older than the disk, or another one, and nobody has said that it is wanted
     */
    static Opened open(NodeConfig config, ChunkTable chunks) throws IOException {
        Disk disk = LocalDisk.open(config.data(), config.storage().direct());
        try {
            DatabaseCheck check = new DatabaseCheck(disk);
            check.admit(chunks.view(config.id()));
            chunks.fence(config.id());
            DatabaseView database = chunks.view(config.id());
            ChunkStore store = new ChunkStore(
                    disk,
                    new DiskReserve(disk, config.storage().reserve()),
                    chunks.segmentEnds(config.id(), ChunkStore.RECORD_HEADER_BYTES),
                    check.admit(database),
                    check.members());
            boolean lost = store.salvaged().isPresent() && !database.holdsLog() && !check.accepts();
            return new Opened(
                    store,
                    check.settle(database, history -> chunks.adopt(config.id(), history)),
                    lost ? lostLog(config) : "");
        } catch (Exception e) {
            // Also the checked exceptions of a commit, which no signature tells of.
            disk.close();
            throw e;
        }
    }

    private static String lostLog(NodeConfig config) {
        return "the database knows nothing of this node, whose disk holds data, and the chain begins without anybody who has a log:"
                + " most likely it is not the right database (craq.db.url). Put that back; or, if all databases are lost, create the"
                + " file " + DatabaseCheck.ACCEPT + " in " + config.data() + " on each node, and start it anew";
    }

    public ChunkStore store() {
        return store;
    }

    public ChunkRepair repair() {
        return repair;
    }

    public Compactor compactor() {
        return compactor;
    }

    public Scrub scrub() {
        return scrub;
    }

    @Override
    public void close() {
        sweeps.close();
        upkeep.stop();
        try {
            mark.look();
        } catch (Exception e) {
            // Also the checked exceptions of a commit. The next start finds a mark that is a little behind.
            LOG.log(Level.INFO, "the last mark could not be written: {0}", e.getMessage());
        }
        store.close();
    }
}
