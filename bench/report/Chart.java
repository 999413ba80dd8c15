import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Draws lines over two axes as an SVG file that is readable on light and dark pages. */
final class Chart {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 420;
    private static final int LEFT = 70;
    private static final int RIGHT = 220;
    private static final int TOP = 50;
    private static final int BOTTOM = 55;
    private static final List<String> COLOURS =
            List.of("#1f5fa8", "#c8501e", "#2e8540", "#7b4fa3", "#8a6d00", "#0f8b8d", "#b02a5b");

    private final String title;
    private final String across;
    private final String up;
    private final boolean logarithmic;
    private final List<Line> lines = new ArrayList<>();

    private record Line(String name, TreeMap<Double, Double> points, boolean dashed) {}

    /** @param logarithmic both axes are logarithmic; all values must be positive */
    Chart(String title, String across, String up, boolean logarithmic) {
        this.title = title;
        this.across = across;
        this.up = up;
        this.logarithmic = logarithmic;
    }

    /** Adds a line; one without points is omitted. */
    void line(String name, Map<Double, Double> points, boolean dashed) {
        if (!points.isEmpty()) {
            lines.add(new Line(name, new TreeMap<>(points), dashed));
        }
    }

    /** Writes the file, unless there are no lines. */
    void write(Path file) throws IOException {
        if (!lines.isEmpty()) {
            Files.writeString(file, svg());
        }
    }

    private String svg() {
        double minX = edge(true, false);
        double maxX = edge(true, true);
        double minY = logarithmic ? edge(false, false) : 0;
        double maxY = edge(false, true) * (logarithmic ? 1 : 1.05);
        StringBuilder svg = new StringBuilder();
        add(svg, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"13\">", WIDTH, HEIGHT);
        add(svg, "<rect width=\"%d\" height=\"%d\" fill=\"white\"/>", WIDTH, HEIGHT);
        add(svg, "<text x=\"%d\" y=\"26\" font-size=\"16\">%s</text>", LEFT, escape(title));
        add(svg, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>", (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, escape(across));
        add(svg, "<text x=\"18\" y=\"%d\" text-anchor=\"middle\" transform=\"rotate(-90 18 %d)\">%s</text>", (TOP + HEIGHT - BOTTOM) / 2, (TOP + HEIGHT - BOTTOM) / 2, escape(up));
        for (double tick : ticks(minY, maxY)) {
            double y = y(tick, minY, maxY);
            add(svg, "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#ddd\"/>", LEFT, y, WIDTH - RIGHT, y);
            add(svg, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>", LEFT - 8, y + 4, label(tick));
        }
        for (double tick : marks(minX, maxX)) {
            double x = x(tick, minX, maxX);
            add(svg, "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#888\"/>", x, HEIGHT - BOTTOM, x, HEIGHT - BOTTOM + 5);
            add(svg, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>", x, HEIGHT - BOTTOM + 20, label(tick));
        }
        add(svg, "<path d=\"M%d %dV%dH%d\" fill=\"none\" stroke=\"#444\"/>", LEFT, TOP, HEIGHT - BOTTOM, WIDTH - RIGHT);
        for (int i = 0; i < lines.size(); i++) {
            draw(svg, lines.get(i), i, minX, maxX, minY, maxY);
        }
        return svg.append("</svg>\n").toString();
    }

    private void draw(StringBuilder svg, Line line, int place, double minX, double maxX, double minY, double maxY) {
        String colour = COLOURS.get(place % COLOURS.size());
        String dash = line.dashed() ? " stroke-dasharray=\"6 4\"" : "";
        List<String> corners = new ArrayList<>();
        line.points().forEach((px, py) ->
                corners.add(String.format(Locale.ROOT, "%.1f,%.1f", x(px, minX, maxX), y(py, minY, maxY))));
        add(svg, "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"%s/>", String.join(" ", corners), colour, dash);
        line.points().forEach((px, py) ->
                add(svg, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\"/>", x(px, minX, maxX), y(py, minY, maxY), colour));
        int y = TOP + 10 + 22 * place;
        add(svg, "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"%s\" stroke-width=\"2\"%s/>", WIDTH - RIGHT + 12, y, WIDTH - RIGHT + 36, y, colour, dash);
        add(svg, "<text x=\"%d\" y=\"%d\">%s</text>", WIDTH - RIGHT + 42, y + 4, escape(line.name()));
    }

    private double edge(boolean across, boolean most) {
        return lines.stream()
                .flatMap(line -> (across ? line.points().keySet() : line.points().values()).stream())
                .mapToDouble(Double::doubleValue)
                .reduce(most ? Math::max : Math::min)
                .orElseThrow();
    }

    private double x(double value, double min, double max) {
        return LEFT + 12 + share(value, min, max) * (WIDTH - RIGHT - LEFT - 24);
    }

    private double y(double value, double min, double max) {
        return HEIGHT - BOTTOM - share(value, min, max) * (HEIGHT - BOTTOM - TOP);
    }

    private double share(double value, double min, double max) {
        if (max <= min) {
            return 0.5;
        }
        return logarithmic
                ? (Math.log(value) - Math.log(min)) / (Math.log(max) - Math.log(min))
                : (value - min) / (max - min);
    }

    /** Returns round values between the edges. */
    private List<Double> ticks(double min, double max) {
        List<Double> ticks = new ArrayList<>();
        if (logarithmic) {
            for (double tick = Math.pow(10, Math.ceil(Math.log10(min))); tick <= max; tick *= 10) {
                ticks.add(tick);
            }
            return ticks;
        }
        double rough = max / 6;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double step = power * (rough / power < 1.5 ? 1 : rough / power < 3.5 ? 2 : rough / power < 7.5 ? 5 : 10);
        for (double tick = 0; tick <= max; tick += step) {
            ticks.add(tick);
        }
        return ticks;
    }

    /** Returns the positions of the points; on a logarithmic axis, powers of 4. */
    private List<Double> marks(double min, double max) {
        if (!logarithmic) {
            return lines.stream()
                    .flatMap(line -> line.points().keySet().stream())
                    .distinct()
                    .sorted()
                    .toList();
        }
        List<Double> marks = new ArrayList<>();
        double factor = max / min > 4096 ? 16 : 4;
        for (double mark = min; mark <= max * 1.001; mark *= factor) {
            marks.add(mark);
        }
        return marks;
    }

    private static String label(double value) {
        String[] units = {"", "Ki", "Mi", "Gi"};
        if (value >= 1024 && value % 1024 == 0) {
            int unit = 0;
            double rest = value;
            while (rest % 1024 == 0 && unit < units.length - 1) {
                rest /= 1024;
                unit++;
            }
            return String.format(Locale.ROOT, "%.0f %s", rest, units[unit]);
        }
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%.0f", value)
                : String.format(Locale.ROOT, "%.4g", value).replaceAll("0+$", "");
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }

    private static void add(StringBuilder svg, String form, Object... values) {
        svg.append(String.format(Locale.ROOT, form, values)).append('\n');
    }
}
