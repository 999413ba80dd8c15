package org.craq.core.sim;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.craq.core.replica.Effect;

/** Maps each kind of effect to the code that performs it. */
final class EffectHandlers {
    private final Map<Class<? extends Effect>, Consumer<Effect>> handlers = new HashMap<>();

    <E extends Effect> EffectHandlers on(Class<E> type, Consumer<E> handler) {
        handlers.put(type, effect -> handler.accept(type.cast(effect)));
        return this;
    }

    void perform(Effect effect) {
        handlers.get(effect.getClass()).accept(effect);
    }

    Set<Class<? extends Effect>> types() {
        return Set.copyOf(handlers.keySet());
    }
}
