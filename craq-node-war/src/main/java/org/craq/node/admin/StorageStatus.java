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
 * A node's disk and what is on it.
 *
 * @param full uploads are refused, until more than the reserve is free
 * @param failure why nothing more is stored until the node is started anew; empty while that is not so
 * @param setAside what the database does not know, and is kept for a while
 * @param salvage null for a node that had its metadata when it was started
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
     * What the node's start found on its disk.
     *
     * @param cutBytes of torn records, cut off at the segments' ends
     * @param strayRecords whole records that the metadata do not refer to, at the segments' ends; they are set aside
     * @param deletedSegments whole segments in which there was no whole record
     * @param segmentsWithGaps that lack records which the metadata refer to
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
     * @param segments that hold such bytes, or may do
     * @param since when those that are kept for days were set aside; null when there are none
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
     * What the segments of a node whose metadata were lost have been good for.
     *
     * @param records whole records that were found
     * @param leftOut of these, for want of memory
     * @param taken contents that did not have to be fetched
     * @param lacking contents that the chain has and that were not there, or not whole
     * @param damaged contents that were there with other bytes
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
     * Since the node's start.
     *
     * @param damaged chunks found damaged or missing by readers, scrub or compaction
     * @param waiting chunks that no other member could give yet
     */
    public record Repairs(long damaged, long repaired, int waiting) {
        static Repairs of(ChunkRepair.Counts counts) {
            return new Repairs(counts.damaged(), counts.repaired(), counts.waiting());
        }
    }

    /** Since the node's start. */
    public record Compaction(long segmentsRemoved, long bytesFreed, long bytesMoved, int segmentsWaiting) {
        static Compaction of(Compactor.Counts counts) {
            return new Compaction(counts.segmentsRemoved(), counts.bytesFreed(), counts.bytesMoved(), counts.waiting());
        }
    }

    /** A pass through all chunks: the one that runs, or the last one. */
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
