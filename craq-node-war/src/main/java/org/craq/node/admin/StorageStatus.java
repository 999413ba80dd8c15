package org.craq.node.admin;

import java.time.Instant;
import org.craq.node.runtime.NodeStorage;
import org.craq.node.store.ChunkRepair;
import org.craq.node.store.Compactor;
import org.craq.node.store.DiskReserve;
import org.craq.node.store.Recovery;
import org.craq.node.store.Salvage;
import org.craq.node.store.Scrub;
import org.craq.node.store.SetAside;

/**
 * A node's disk and the state of its chunk store.
 *
 * @param full true while uploads are refused because no more than the reserve is free
 * @param failure why nothing more is stored until the node is restarted; empty when there was no failure
 * @param setAside bytes that the database does not know and that are kept for some time
 * @param salvage null if the node had its metadata when it started
 */
public record StorageStatus(
        int segments,
        long storedBytes,
        long freeBytes,
        long reserveBytes,
        boolean full,
        String failure,
        Start start,
        SetAsideBytes setAside,
        Salvaging salvage,
        Repairs repairs,
        Compaction compaction,
        ScrubPass scrub) {
    /**
     * What the node found on its disk when it started.
     *
     * @param cutBytes bytes of torn records that were cut off at the segments' ends
     * @param strayRecords complete records at the segments' ends to which the metadata do not refer; they are set aside
     * @param deletedSegments segments that were deleted because they contained no complete record
     * @param segmentsWithGaps segments that lack records to which the metadata refer
     */
    public record Start(long cutBytes, long strayRecords, int deletedSegments, int segmentsWithGaps) {
        static Start of(Recovery.Report report) {
            return new Start(
                    report.cutBytes(),
                    report.strayRecords(),
                    report.deletedSegments(),
                    report.gaps().size());
        }
    }

    /**
     * Bytes that the database does not know. They count as stored.
     *
     * @param segments number of segments that contain, or may contain, such bytes
     * @param since when the ones that are kept for days were set aside; null when there are none
     */
    public record SetAsideBytes(int segments, long bytes, String since) {
        static SetAsideBytes of(SetAside.Counts counts) {
            return new SetAsideBytes(
                    counts.segments(),
                    counts.bytes(),
                    counts.since().map(Instant::toString).orElse(null));
        }
    }

    /**
     * What could be reused from the segments of a node that lost its metadata.
     *
     * @param records complete records that were found
     * @param leftOut records among these that were ignored for lack of memory
     * @param taken contents that were reused and did not have to be fetched
     * @param lacking contents of the chain that were not found, or not completely
     * @param damaged contents that were found with different bytes
     */
    public record Salvaging(long records, long leftOut, long taken, long takenBytes, long lacking, long damaged) {
        static Salvaging of(Salvage.Counts counts) {
            return new Salvaging(
                    counts.records(),
                    counts.leftOut(),
                    counts.taken(),
                    counts.takenBytes(),
                    counts.lacking(),
                    counts.damaged());
        }
    }

    /**
     * Repairs since the node's start.
     *
     * @param damaged chunks found damaged or missing by readers, scrub or compaction
     * @param waiting chunks that no other member could supply yet
     */
    public record Repairs(long damaged, long repaired, int waiting) {
        static Repairs of(ChunkRepair.Counts counts) {
            return new Repairs(counts.damaged(), counts.repaired(), counts.waiting());
        }
    }

    /** Compaction since the node's start. */
    public record Compaction(long segmentsRemoved, long bytesFreed, long bytesMoved, int segmentsWaiting) {
        static Compaction of(Compactor.Counts counts) {
            return new Compaction(counts.segmentsRemoved(), counts.bytesFreed(), counts.bytesMoved(), counts.waiting());
        }
    }

    /** A scrub pass over all chunks. */
    public record ScrubPass(boolean running, long chunks, long bytes, long damaged, long repaired) {
        static ScrubPass of(Scrub.Pass pass) {
            return new ScrubPass(pass.running(), pass.chunks(), pass.bytes(), pass.damaged(), pass.repaired());
        }
    }

    static StorageStatus of(NodeStorage storage) {
        DiskReserve reserve = storage.store().reserve();
        return new StorageStatus(
                storage.store().sizes().size(),
                storage.store().bytes(),
                reserve.usable(),
                reserve.bytes(),
                reserve.reached(),
                storage.store().failure(),
                Start.of(storage.store().start()),
                SetAsideBytes.of(storage.store().setAside().counts()),
                storage.store().salvaged().map(Salvaging::of).orElse(null),
                Repairs.of(storage.repair().counts()),
                Compaction.of(storage.compactor().counts()),
                ScrubPass.of(storage.scrub().current()));
    }
}
