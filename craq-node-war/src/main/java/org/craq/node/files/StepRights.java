package org.craq.node.files;

import java.util.List;
import org.craq.security.Action;
import org.craq.server.access.Guard;

/** What a caller needs for a change of several files: all that each step needs. */
public final class StepRights {
    private StepRights() {}

    /**
     * Requires all rights, by rights that are current.
     *
     * @throws org.craq.wire.CraqException PERMISSION_DENIED for the first step that the caller may not do; NOT_SERVING
     */
    public static void require(Guard guard, List<Step> steps) {
        for (Step step : steps) {
            if (step instanceof Step.Copy copy) {
                guard.require(Action.READ, copy.source().value());
                if (copy.removes()) {
                    guard.require(Action.DELETE, copy.source().value());
                }
                guard.require(Action.WRITE, copy.name().value());
            } else if (step instanceof Step.Delete delete) {
                guard.require(Action.DELETE, delete.name().value());
            } else {
                guard.require(Action.READ, step.name().value());
            }
        }
    }
}
