package org.craq.cluster.faults;

import java.util.Arrays;
import java.util.List;

/**
 * What was measured; medians of all rounds.
 *
 * @param catchUp what a returning node did; its rate is 0 when that was not asked for
 */
public record FaultFigures(int rounds, List<Line> faults, CatchUp catchUp) {
    public FaultFigures {
        faults = List.copyOf(faults);
    }

    /**
     * One kind of fault.
     *
     * @param pauseMillis the longest time without an acknowledged write, of all clients together
     * @param usualPauseMillis the same in the time before the fault
     * @param worstPauseMillis the longest of all rounds
     * @param readsBefore reads in a second, before the fault
     * @param readsDuring reads in a second, in the three seconds after the fault
     * @param failed operations that clients were told to have failed, in all rounds
     */
    public record Line(
            String fault,
            double pauseMillis,
            double usualPauseMillis,
            double worstPauseMillis,
            double readsBefore,
            double readsDuring,
            int failed) {
        static Line of(Fault fault, List<Round> rounds) {
            return new Line(
                    fault.text(),
                    median(rounds.stream().mapToDouble(Round::pauseMillis).toArray()),
                    median(rounds.stream().mapToDouble(Round::usualPauseMillis).toArray()),
                    rounds.stream().mapToDouble(Round::pauseMillis).max().orElse(0),
                    median(rounds.stream().mapToDouble(Round::readsBefore).toArray()),
                    median(rounds.stream().mapToDouble(Round::readsDuring).toArray()),
                    rounds.stream().mapToInt(Round::failed).sum());
        }
    }

    /** One round of one kind of fault. */
    record Round(double pauseMillis, double usualPauseMillis, double readsBefore, double readsDuring, int failed) {}

    /**
     * A node that returns to a chain which has gone on without it, without other load.
     *
     * @param mebibytes written while it was away
     * @param mebibytesPerSecond from when it became a learner until it was complete
     */
    public record CatchUp(int mebibytes, double mebibytesPerSecond) {}

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length == 0
                ? 0
                : sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
