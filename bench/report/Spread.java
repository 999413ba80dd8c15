import java.util.List;
import java.util.Locale;

/** Median, smallest and largest value of several runs. */
record Spread(double median, double min, double max, int runs) {
    static Spread of(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int half = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1], sorted.length);
    }

    /** Formats the values for people: three digits, and the range if there is one. */
    String text() {
        return runs == 1 ? number(median) : number(median) + " (" + number(min) + "–" + number(max) + ")";
    }

    static String number(double value) {
        return String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
    }
}
