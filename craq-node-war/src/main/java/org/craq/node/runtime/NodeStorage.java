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

/** A node's chunk store with everything that maintains it: repair, compaction, scrub and the database mark. */
public final class NodeStorage implements AutoCloseable {
    private static final Logger LOG = System.getLogger(NodeStorage.class.getName());
    /** How often the mark is written; a database that is older by less than this may be accepted as the right one. */
    private static final Duration MARK_EVERY = Duration.ofSeconds(1);

    private final ChunkStore store;
    private final ChunkRepair repair;
    private final Compactor compactor;
    private final Scrub scrub;
    private final Upkeep upkeep;
    private final MarkKeeper mark;
    private final Sweeps sweeps;

    /**
     * An opened store.
     *
     * @param history id that is stored on the disk and in the database to show that they belong together
     * @param lostLog why the node may only join a chain that others have kept; empty when it may be one of its first members
     */
    record Opened(ChunkStore store, UUID history, String lostLog) {}

    /**
     * Takes over an open store and starts its maintenance.
     *
     * @param database returns what the database currently knows about this node
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
                "maintaining the chunk store",
                threads.data(),
                () -> upkeep.tick(System.nanoTime()));
        sweeps.every(MARK_EVERY, "writing the database mark to the disk", threads.data(), mark::look);
    }

    /**
     * Opens the store in this order: locks the directory, checks that the database belongs to it, fences earlier incarnations off the
     * metadata, and then compares disk and database.
     *
     * @throws DatabaseRefusedException when the database is older than the disk or a different one, and no operator has accepted it
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
            // This also catches the checked exceptions of a commit, which are not declared.
            disk.close();
            throw e;
        }
    }

    private static String lostLog(NodeConfig config) {
        return "the database has no data of this node, although its disk does, and no other node of the chain has a log either:"
                + " most likely it is not the right database (craq.db.url). Put that back; or, if all databases are lost, create the"
                + " file " + DatabaseCheck.ACCEPT + " in " + config.data() + " on each node, and restart it";
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
            // This also catches the checked exceptions of a commit. The next start finds a slightly older mark.
            LOG.log(Level.INFO, "the last mark could not be written: {0}", e.getMessage());
        }
        store.close();
    }
}
