/* The only place that knows about compiler extensions. */
#ifndef HK_SIM_COMPILER_H
#define HK_SIM_COMPILER_H

#if defined(__GNUC__)
#define HK_MUST_USE __attribute__((warn_unused_result))
/* For functions that are one for each of some constants they are called with. */
#define HK_INLINE __attribute__((always_inline)) static inline
/* For functions that are hardly ever called: callers shall keep their registers. */
#define HK_RARE __attribute__((cold, noinline)) static
/* For functions with loops of their own, which shall not take registers from a caller's. */
#define HK_APART                __attribute__((noinline)) static
#define HK_PRINTF(index, first) __attribute__((format(printf, index, first)))
/* gcc takes a prefetch to have no effect, and drops calls of functions that do nothing else: the
 * empty statement is one that it must keep. */
#define HK_PREFETCH(address)                                                                       \
    do {                                                                                           \
        __builtin_prefetch((address));                                                             \
        __asm__ volatile("");                                                                      \
    } while (0)
/* Where a pointer comes from is hidden: gcc would keep the terms of its sum, and add them again for
 * each element that a loop looks up. */
#define HK_OPAQUE(pointer) __asm__("" : "+r"(pointer))
/* Before a loop: no turn reads what another one writes. */
#ifdef __clang__
#define HK_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define HK_INDEPENDENT _Pragma("GCC ivdep")
#endif
/* Before a loop of a few instructions that can't become one of vectors, eight turns of which are
 * made one: of turns that look something up and add it, a quarter is otherwise the loop's own. */
#ifdef __clang__
#define HK_UNROLLED _Pragma("clang loop unroll_count(8)")
#else
#define HK_UNROLLED _Pragma("GCC unroll 8")
#endif
#else
#define HK_OPAQUE(pointer) ((void)(pointer))
#define HK_INDEPENDENT
#define HK_UNROLLED
#define HK_MUST_USE
#define HK_INLINE static inline
#define HK_RARE   static
#define HK_APART  static
#define HK_PRINTF(index, first)
#define HK_PREFETCH(address) ((void)(address))
#endif

#define HK_CACHE_LINE 64

/* gcc defines a macro, clang has a feature. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HK_ADDRESS_SANITIZER 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define HK_ADDRESS_SANITIZER 1
#endif
#ifndef HK_ADDRESS_SANITIZER
#define HK_ADDRESS_SANITIZER 0
#endif

/* Of the instruction set that this is compiled for. */
#if defined(__AVX512F__) || defined(__aarch64__)
#define HK_VECTOR_REGISTERS 32
#else
#define HK_VECTOR_REGISTERS 16
#endif
#if defined(__AVX512F__)
#define HK_VECTOR_BYTES 64
#elif defined(__AVX2__)
#define HK_VECTOR_BYTES 32
#else
#define HK_VECTOR_BYTES 16
#endif

#endif
