/* The only place that knows about compiler extensions. */
#ifndef HK_SIM_COMPILER_H
#define HK_SIM_COMPILER_H

#if defined(__GNUC__)
#define HK_MUST_USE             __attribute__((warn_unused_result))
#define HK_PRINTF(index, first) __attribute__((format(printf, index, first)))
#define HK_INLINE               static inline __attribute__((always_inline))
/* To be used in HK_INLINE functions: a call of one that only prefetches has no effect that the
 * compiler knows of, and is dropped. */
#define HK_PREFETCH(address) __builtin_prefetch(address)
/* For what is read once: it shall not push others out of the caches. */
#define HK_PREFETCH_ONCE(address) __builtin_prefetch(address, 0, 0)
#else
#define HK_MUST_USE
#define HK_PRINTF(index, first)
#define HK_INLINE                 static inline
#define HK_PREFETCH(address)      ((void)(address))
#define HK_PREFETCH_ONCE(address) ((void)(address))
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

#endif
