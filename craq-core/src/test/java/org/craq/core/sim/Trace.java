package org.craq.core.sim;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Collectors;

/** The last events, printed when a run fails. They are formatted only then. */
final class Trace {
    private static final int KEPT = Integer.getInteger("craq.sim.trace", 60);

    private record Line(long at, List<Object> parts) {
        @Override
        public String toString() {
            String text = parts.stream().map(String::valueOf).collect(Collectors.joining(" "));
            return String.format("%10.3f ms  %s", at / (double) VirtualTime.MILLI, text);
        }
    }

    private final VirtualTime time;
    private final Deque<Line> lines = new ArrayDeque<>();

    Trace(VirtualTime time) {
        this.time = time;
    }

    /** Records an event; its parts must not change later. */
    void note(Object... parts) {
        if (lines.size() == KEPT) {
            lines.removeFirst();
        }
        lines.addLast(new Line(time.now(), List.of(parts)));
    }

    @Override
    public String toString() {
        return lines.stream().map(Line::toString).collect(Collectors.joining("\n"));
    }
}
