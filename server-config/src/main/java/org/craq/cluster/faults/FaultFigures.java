package org.craq.cluster.faults;

import java.util.Arrays;
import java.util.List;

/**
 * The results; medians of all rounds.
 *
 * @param catchUp how fast a returning node caught up; the rate is 0 if this was not measured
 */
public record FaultFigures(int rounds, List<Line> faults, CatchUp catchUp) {
    public FaultFigures {
        faults = List.copyOf(faults);
    }

    /**
     * The result for one kind of fault.
     *
     * @param pauseMillis the longest time without an acknowledged write, over all clients together
     * @param usualPauseMillis the longest time without an acknowledged write before the fault
     * @param worstPauseMillis the longest pause of all rounds
     * @param readsBefore reads per second before the fault
     * @param readsDuring reads per second in the three seconds after the fault
     * @param failed number of operations that failed at the clients, in all rounds
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

    /** The result of one round with one kind of fault. */
    record Round(double pauseMillis, double usualPauseMillis, double readsBefore, double readsDuring, int failed) {}

    /**
     * The result for a node that returns to a chain that has continued without it, without other load.
     *
     * @param mebibytes amount of data written while it was away, in MiB
     * @param mebibytesPerSecond rate from becoming a learner to being complete
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
