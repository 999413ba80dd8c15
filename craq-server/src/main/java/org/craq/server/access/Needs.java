package org.craq.server.access;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.craq.security.Action;

/**
 * Declares what a caller of a REST resource must be allowed to do. On a method, or on the class for all its methods.
 * {@link AccessFilter} refuses requests to resources that declare nothing.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Needs {
    /** Which requests need which rights. */
    enum What {
        /** Anyone may call, even without saying who it is. */
        NOTHING,
        /** Any user may call; the resource itself asks about files. */
        USER,
        /** The action, for the cluster as a whole. */
        ACTION
    }

    /** What is needed. */
    What value() default What.ACTION;

    /** The action if {@link #value} is {@link What#ACTION}. */
    Action action() default Action.ADMINISTER;
}
