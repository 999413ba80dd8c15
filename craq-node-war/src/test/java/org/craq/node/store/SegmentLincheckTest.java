package org.craq.node.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jetbrains.kotlinx.lincheck.LinChecker;
import org.jetbrains.kotlinx.lincheck.annotations.Operation;
import org.jetbrains.kotlinx.lincheck.annotations.Validate;
import org.jetbrains.kotlinx.lincheck.strategy.stress.StressOptions;
import org.junit.jupiter.api.Test;

/**
 * A segment's file stays while anybody holds it, and is deleted with the last holder, even if others try to hold the
 * segment while it is being doomed.
 */
public class SegmentLincheckTest {
    private static final String NAME = "0000000000000001.segment";

    private final FaultyDisk disk = new FaultyDisk(new Random(1));
    private final AtomicBoolean doomed = new AtomicBoolean();
    private final Segment segment;
    // Reported at the end, as Lincheck would treat an exception as one more possible result.
    private volatile String wrong = "";

    public SegmentLincheckTest() {
        try {
            segment = Segment.create(disk, NAME);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean fileThere() throws IOException {
        return disk.list().contains(NAME);
    }

    @Operation
    public void read() throws IOException {
        if (segment.retain()) {
            boolean there = fileThere();
            segment.release();
            if (!there) {
                wrong = "held, but its file is gone";
            }
        } else if (!doomed.get()) {
            wrong = "refused, though it is not doomed";
        }
    }

    @Operation
    public void giveUp() throws IOException {
        if (doomed.compareAndSet(false, true)) {
            segment.doom();
        }
    }

    @Validate
    public void itsFileIsThereUntilItIsGivenUp() throws IOException {
        if (!wrong.isEmpty()) {
            throw new AssertionError(wrong);
        }
        if (fileThere() == doomed.get()) {
            throw new AssertionError("doomed: " + doomed + ", file exists: " + fileThere());
        }
    }

    @Test
    void aFileStaysWhileItIsHeld() {
        LinChecker.check(
                SegmentLincheckTest.class,
                new StressOptions()
                        .iterations(5)
                        .invocationsPerIteration(2_000)
                        .threads(3)
                        .actorsPerThread(4));
    }
}
