package org.craq.node;

import java.io.IOException;
import java.time.Duration;
import org.craq.node.metadata.ChunkTable;
import org.craq.node.metadata.Metadata;
import org.craq.node.store.ChunkIndex;
import org.craq.node.store.ChunkRepair;
import org.craq.node.store.ChunkStore;
import org.craq.node.store.Compactor;
import org.craq.node.store.Disk;
import org.craq.node.store.DiskReserve;
import org.craq.node.store.LocalDisk;
import org.craq.node.store.Replicas;
import org.craq.node.store.Scrub;
import org.craq.node.store.Upkeep;
import org.craq.server.Sweeps;

/** A node's chunk store with all that keeps it in order. */
public final class NodeStorage implements AutoCloseable {
    private final ChunkStore store;
    private final ChunkRepair repair;
    private final Compactor compactor;
    private final Scrub scrub;
    private final Upkeep upkeep;
    private final Sweeps sweeps;

    /** Takes over an open store, whose upkeep begins at once. */
    NodeStorage(ChunkStore store, ChunkIndex index, Replicas replicas, StorageConfig config, Threads threads) {
        this.store = store;
        this.repair = new ChunkRepair(store, index, replicas);
        this.compactor = new Compactor(store, index, repair);
        this.scrub = new Scrub(store, index, repair);
        this.upkeep = new Upkeep(
                store,
                compactor,
                scrub,
                repair,
                new Upkeep.Rates(config.compactionRate(), config.scrubRate(), StorageConfig.DEFAULT_SCRUB_RATE),
                System.nanoTime());
        this.sweeps = new Sweeps(threads.timer());
        sweeps.every(
                Duration.ofMillis(Upkeep.TICK_MILLIS),
                "the chunk store is kept in order",
                threads.data(),
                () -> upkeep.tick(System.nanoTime()));
    }

    /** First nobody else can use the directory, then no former life can add to the metadata, then the two are compared. */
    static ChunkStore open(NodeConfig config, Metadata metadata, ChunkTable chunks) throws IOException {
        Disk disk = LocalDisk.open(config.data(), config.storage().direct());
        try {
            chunks.fence(config.id());
            return new ChunkStore(
                    disk,
                    new DiskReserve(disk, config.storage().reserve()),
                    chunks.segmentEnds(config.id(), ChunkStore.RECORD_HEADER_BYTES),
                    metadata.chains(config.id()).isEmpty());
        } catch (Exception e) {
            // Also the checked exceptions of a commit, which no signature tells of.
            disk.close();
            throw e;
        }
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
        store.close();
    }
}
