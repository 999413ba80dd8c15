package org.craq.manager.admin;

import java.util.List;
import org.craq.core.chain.Chain;
import org.craq.core.chain.Member;
import org.craq.core.membership.Wish;
import org.craq.manager.membership.ChainChanges.Outcome;
import org.craq.manager.membership.Forecast.Step;

/**
 * The answer to a request to change a chain.
 *
 * @param dryRun if true, nothing has been recorded
 * @param wish as it is recorded now, or would be
 * @param steps the changes that the manager makes to fulfil it, in order
 * @param end why no further step follows
 */
public record PlanView(String chainId, boolean dryRun, WishView wish, List<StepView> steps, String end) {
    /** One change of the chain. */
    public record StepView(String reason, long epoch, List<String> members, List<String> learners) {}

    static PlanView of(Outcome outcome, boolean dryRun) {
        Wish wish = outcome.wish();
        return new PlanView(
                wish.chain().value(),
                dryRun,
                WishView.of(wish),
                outcome.forecast().steps().stream().map(PlanView::of).toList(),
                outcome.forecast().end());
    }

    private static StepView of(Step step) {
        Chain chain = step.chain();
        return new StepView(step.reason(), chain.epoch().value(), names(chain.members()), names(chain.learners()));
    }

    private static List<String> names(List<Member> members) {
        return members.stream().map(member -> member.node().value()).toList();
    }
}
